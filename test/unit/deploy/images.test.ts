import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadImages } from '../../../src/deploy/images';
import { releaseOf, SERVICES } from '../../../src/deploy/harbor';

const ROOT = resolve(__dirname, '../../..');
const FILE = join(ROOT, 'stacks/images.yaml');

describe('stacks/images.yaml', () => {
  it('pins every service of each release, what prepares them, and Traefik', async () => {
    const { value, diagnostics } = await loadImages(FILE);
    expect(diagnostics).toEqual([]);
    for (const pins of Object.values(value!.harbor))
      expect(Object.keys(pins).sort()).toEqual([...SERVICES, 'prepare'].sort());
    expect(value!.traefik.image).toMatch(/^traefik:v3\.7\./);
  });

  it('names under each release images of that release', async () => {
    const { value } = await loadImages(FILE);
    for (const [version, pins] of Object.entries(value!.harbor)) {
      for (const { image } of Object.values(pins)) expect(image).toContain(`:${version}@sha256:`);
    }
  });

  it('names under each release the images that this release has', async () => {
    const { value } = await loadImages(FILE);
    for (const [version, pins] of Object.entries(value!.harbor)) {
      const names = Object.entries(pins).map(([id, { image }]) => [id, image.split('/').at(-1)!.split(':')[0]]);
      expect(Object.fromEntries(names)).toEqual(releaseOf(version).images);
    }
    expect(value!.harbor['v2.15.2']!.redis!.image).toMatch(/valkey-photon/);
    expect(value!.harbor['v2.15.0']!.redis!.image).toMatch(/redis-photon/);
  });

  it('is read completely by the regular expression of the example for Renovate', async () => {
    const { customManagers } = JSON.parse(readFileSync(join(ROOT, 'examples/renovate/renovate.json'), 'utf8')) as {
      customManagers: { matchStrings: string[] }[];
    };
    const pattern = new RegExp(customManagers[0]!.matchStrings[0]!, 'g');
    const found = [...readFileSync(FILE, 'utf8').matchAll(pattern)].map(({ groups }) => groups!);
    const { value } = await loadImages(FILE);
    const pinned = [...Object.values(value!.harbor).flatMap((pins) => Object.values(pins)), value!.traefik];
    const written = found.map(
      ({ depName, currentValue, currentDigest }) => `${depName}:${currentValue}@${currentDigest}`,
    );
    expect(written.sort()).toEqual(pinned.map(({ image }) => image).sort());
  });
});
