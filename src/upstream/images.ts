import type { FixtureImage } from './image';
import { attested, chart, typedArtifact } from './artifacts';
import { image, index } from './image';

/** Images with fixed digests, which recordings of a real Harbor and tests name. */
const BUILDERS = {
  a: () => image({ seed: 'a' }),
  b: () => image({ seed: 'b' }),
  c: () => image({ seed: 'c', docker: true }),
  big: () => image({ seed: 'big', sizeBytes: 4 << 20 }),
  idx: () => index({ seed: 'idx', archs: ['amd64', 'arm64'] }),
  layers: () => image({ seed: 'layers', layers: 4 }),
  zstd: () => image({ seed: 'zstd', zstd: true }),
  idx2: () => index({ seed: 'idx2', archs: ['amd64', 'arm64'] }),
  helm: () => chart(),
  typed: () => typedArtifact('application/vnd.example.typed'),
  att: () => attested('att'),
  att2: () => attested('att2'),
};

/** Names that may be used in place of a built image. */
export type FixtureImageName = keyof typeof BUILDERS;

/** In the order of definition. */
export const FIXTURE_IMAGE_NAMES = Object.keys(BUILDERS) as FixtureImageName[];

const built = new Map<FixtureImageName, FixtureImage>();

/** Also refuses names that every object has, such as `constructor`. */
export function isFixtureImageName(name: string): name is FixtureImageName {
  return Object.hasOwn(BUILDERS, name);
}

/** Built on first use: the large one takes a noticeable fraction of a second. */
export function fixtureImage(name: FixtureImageName): FixtureImage {
  const known = built.get(name) ?? BUILDERS[name]();
  built.set(name, known);
  return known;
}
