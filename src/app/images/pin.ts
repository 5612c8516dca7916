import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compact } from '../../compact';
import { imagesFile, READ_ENV_FILE, releaseOf, withPins, type HarborPins, type ImagePin } from '../../deploy';
import { UsageError } from '../../errors';
import type { RegistryClient } from '../../oci';
import { writeSafely } from '../../reconcile/safe-file';
import type { AppContext } from '../context';
import { readPins } from './pins';
import { openRegistry, type RegistryOptions } from './registry';
import { resolveImage, type ResolvedImage, type Unresolved } from './resolve';
import { demanded, readSigners, unsigned, type ImageInRegistry, type Signers } from './signers';

/** One release, from one registry. */
export interface PinOptions extends RegistryOptions {
  /** v2.15.2 */
  readonly release: string;
  /** The directory of images.yaml. */
  readonly stacks: string;
  /** os/arch of the hosts. */
  readonly platform: string;
  /** Write Docker Hub's names even if another registry was used: for hosts whose Docker pulls through a mirror. */
  readonly hubNames: boolean;
  /** Keyless signatures were verified by cosign itself. */
  readonly skipKeyless: boolean;
  /** Print what would be written, and write nothing. */
  readonly dryRun: boolean;
}

/** `id` is the key in images.yaml, such as `core`. */
export interface PinnedImage {
  readonly id: string;
  readonly image: string;
  /** The earlier pins; absent if there were none. */
  readonly before?: string;
}

/** All images or none: with a problem nothing is written. */
export interface Pinned {
  readonly release: string;
  readonly file: string;
  readonly platform: string;
  readonly images: readonly PinnedImage[];
  /** Images that could not be resolved, and why: then nothing was written. */
  readonly problems: readonly { readonly id: string; readonly image: string; readonly problem: string }[];
  readonly written: boolean;
}

const OWNER = 'goharbor';

/**
 * The use case behind `images pin`: requests every image of a Harbor release from a registry, verifies the content, and
 * writes digests, entrypoints and commands into images.yaml, for all images or none.
 * @throws UsageError, DeclarationError, NetworkError
 */
export async function pinImages(context: AppContext, options: PinOptions): Promise<Pinned> {
  const { release, platform } = options;
  if (!/^v2\.\d+\.\d+$/.test(release))
    throw new UsageError(`"${release}" is not a release of Harbor`, "use Harbor's tag, such as v2.15.2");
  // A repository without its own pins starts with those of the package.
  const file = join(options.stacks, 'images.yaml');
  const pinned = imagesFile(options.stacks);
  const { harbor, signatures } = await readPins(pinned, 'nothing was changed');
  const before = harbor[release] ?? {};
  const signers = await readSigners(pinned, demanded(signatures, options));
  const text = await readFile(pinned, 'utf8');
  const { client, path, prefix } = await openRegistry(context, options);
  try {
    const found = await Promise.all(
      Object.entries(releaseOf(release).images).map(async ([id, name]) => {
        const repository = `${path}${OWNER}/${name}`;
        const image = `${options.hubNames ? '' : prefix}${OWNER}/${name}:${release}`;
        const one = await resolveImage(client, repository, release, { platform, signal: context.signal });
        return { id, image, ...(await signedBy(signers, client, { image, repository }, one, context.signal)) };
      }),
    );
    const problems = found.flatMap((one) =>
      'problem' in one ? [{ id: one.id, image: one.image, problem: one.problem }] : [],
    );
    const pins = Object.fromEntries(
      found.flatMap((one) => ('digest' in one ? [[one.id, pinOf(one)] as const] : [])),
    ) as HarborPins;
    const images = Object.entries(pins).map(([id, pin]) =>
      compact<PinnedImage>({ id, image: pin.image, before: before[id as keyof HarborPins]?.image }),
    );
    const changed = withPins(text, release, pins);
    const written = problems.length === 0 && !options.dryRun && changed !== text;
    if (written) await write(file, changed);
    return { release, file, platform, images, problems, written };
  } finally {
    await client.close();
  }
}

/** The resolved image, if its declared signature is valid. */
async function signedBy(
  signers: Signers,
  client: RegistryClient,
  names: Pick<ImageInRegistry, 'image' | 'repository'>,
  found: ResolvedImage | Unresolved,
  signal: AbortSignal,
): Promise<ResolvedImage | Unresolved> {
  if ('problem' in found) return found;
  const missing = await unsigned(
    signers,
    client,
    { ...names, digest: found.digest },
    { record: () => undefined, signal },
  );
  return missing === undefined ? found : { problem: missing.problem };
}

function pinOf(found: {
  readonly id: string;
  readonly image: string;
  readonly digest: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
}): ImagePin {
  const { id, image, digest, entrypoint, command } = found;
  // A container without a changed entrypoint starts as its image defines: there is nothing to repeat or to become outdated.
  return compact({ image: `${image}@${digest}`, ...(READ_ENV_FILE.has(id) && { entrypoint, command }) });
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeSafely(file, text, 0o644);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  }
}
