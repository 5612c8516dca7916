import { compact } from '../../compact';
import { readManifest, servesPlatform, type RegistryClient, type WireOptions } from '../../oci';
import { isRecord } from '../../json';

/** The image that a registry has under a tag. */
export interface ResolvedImage {
  /** Digest that the tag names: an index, or the manifest of one platform. */
  readonly digest: string;
  /** The image's own ENTRYPOINT on the requested platform. */
  readonly entrypoint?: readonly string[];
  /** The image's own CMD. */
  readonly command?: readonly string[];
}

/** Why an image could not be resolved, in words; `absent` if the registry does not have it. */
export interface Unresolved {
  readonly problem: string;
  readonly absent?: boolean;
}

const MAX_CONFIG_BYTES = 1 << 20;
const QUIET: WireOptions['record'] = () => undefined;

/**
 * Resolves a tag, verifies every byte against its digest, and checks that the image runs on `platform`.
 * @param platform os/arch
 * @throws NetworkError
 */
export async function resolveImage(
  client: RegistryClient,
  repository: string,
  tag: string,
  { platform, signal }: { readonly platform: string; readonly signal: AbortSignal },
): Promise<ResolvedImage | Unresolved> {
  const wire = { record: QUIET, signal };
  const top = await manifestOf(client, repository, tag, wire);
  if ('problem' in top) return top;
  if (top.manifest.kind === 'image') return withConfig(client, repository, top, top.digest, platform, wire);
  const child = top.manifest.children.find(
    (one) => one.platform !== undefined && servesPlatform(one.platform, platform),
  );
  if (!child) return { problem: `it has no image for ${platform}` };
  const image = await manifestOf(client, repository, child.digest, wire);
  if ('problem' in image) return image;
  return withConfig(client, repository, image, top.digest, platform, wire);
}

interface Found {
  readonly digest: string;
  readonly manifest: Exclude<ReturnType<typeof readManifest>, { problem: string }>;
}

/** By tag the computed digest is the result; by digest it must be the one that was asked for. */
async function manifestOf(
  client: RegistryClient,
  repository: string,
  reference: string,
  wire: WireOptions,
): Promise<Found | Unresolved> {
  const answer = await client.manifest('GET', repository, reference, wire);
  if (answer.broken) throw answer.broken;
  if (answer.status !== 200) return refusal(answer.status);
  const digest = answer.digest as string;
  if (reference.startsWith('sha256:') && digest !== reference)
    return { problem: `the content sent for ${reference} has the digest ${digest}` };
  if (answer.headerDigest !== undefined && answer.headerDigest !== digest)
    return { problem: `the registry announces ${answer.headerDigest}, but sends ${digest}` };
  const manifest = readManifest(answer);
  return 'problem' in manifest ? { problem: `its manifest is ${manifest.problem}` } : { digest, manifest };
}

function refusal(status: number): Unresolved {
  if (status === 404) return { problem: 'the registry does not have this image', absent: true };
  if (status === 401 || status === 403)
    return { problem: `the registry does not let these credentials pull it (${status})` };
  if (status === 429) return { problem: 'the registry limits this machine (429): log in, or try again later' };
  return { problem: `the registry returned ${status}` };
}

/** The digest of the config is compared: what it says about the platform is only trusted then. */
async function withConfig(
  client: RegistryClient,
  repository: string,
  { manifest }: Found,
  digest: string,
  platform: string,
  wire: WireOptions,
): Promise<ResolvedImage | Unresolved> {
  if (manifest.kind !== 'image' || manifest.artifactType !== undefined)
    return { problem: 'it is not a container image' };
  const { config } = manifest;
  const answer = await client.blob(
    repository,
    config.digest,
    { limitBytes: Math.min(config.sizeBytes, MAX_CONFIG_BYTES), keep: true },
    wire,
  );
  if (answer.broken) throw answer.broken;
  if (answer.status !== 200) return { problem: `the registry returned ${answer.status} for its config` };
  if (answer.digest !== config.digest) return { problem: `its config is ${answer.digest}, not ${config.digest}` };
  return readConfig(answer.body ?? Buffer.alloc(0), digest, platform);
}

function readConfig(body: Buffer, digest: string, platform: string): ResolvedImage | Unresolved {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return { problem: 'its config is not JSON' };
  }
  const { os, architecture, config } = isRecord(json) ? json : {};
  const built = `${String(os)}/${String(architecture)}`;
  if (!servesPlatform(built, platform)) return { problem: `it is built for ${built}, not for ${platform}` };
  const { Entrypoint, Cmd } = isRecord(config) ? config : {};
  return compact({ digest, entrypoint: wordsOf(Entrypoint), command: wordsOf(Cmd) });
}

function wordsOf(value: unknown): string[] | undefined {
  const isWords = Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string');
  return isWords ? value : undefined;
}
