import { readManifest, servesPlatform, type ChildDescriptor, type RegistryClient, type WireOptions } from '../../oci';
import { describeAnswer, errorCode, isLimitOrFront, MISSING_HINT } from '../answer-words';
import type { FetchedManifest, ImageManifest, PlatformImage, PlatformResult } from '../model/pulled';

export type { FetchedManifest, ImageManifest, PlatformImage, PlatformResult };

/** Why there is no manifest. */
export interface NotFetched {
  readonly problem: string;
  /** Bytes arrived with status 200 and were wrong. */
  readonly isWrong?: true;
  /** The registry says that there is none. */
  readonly isMissing?: true;
  /** A limit, or a failure of a proxy in front: whether there is one is not known. */
  readonly isUnanswered?: true;
}

/**
 * Fetches and parses one manifest. If requested by digest, its bytes must match it.
 *
 *      answer                                       result
 *      404                                          a problem with the usual causes
 *      429, 5xx of a proxy in front                 a problem with `isUnanswered`
 *      another status                               a problem
 *      200, cut off, not JSON, or another digest    a problem with `isWrong`: someone served wrong bytes
 *      200                                          the manifest, with the digest of its bytes
 */
export async function fetchManifest(
  client: RegistryClient,
  name: string,
  reference: string,
  wire: WireOptions,
): Promise<FetchedManifest | NotFetched> {
  const answer = await client.manifest('GET', name, reference, wire);
  const where = `GET ${name}:${reference}`.replace(':sha256:', '@sha256:');
  if (answer.status === 404) {
    const problem = `${where}: ${describeAnswer(answer)}; ${MISSING_HINT}`;
    return errorCode(answer.body) === undefined ? { problem } : { problem, isMissing: true };
  }
  if (isLimitOrFront(answer)) return { problem: `${where}: ${describeAnswer(answer)}`, isUnanswered: true };
  if (answer.status !== 200) return { problem: `${where}: ${describeAnswer(answer)}` };
  if (answer.broken)
    return { problem: `${where}: the body broke off (${answer.broken.message}) [${answer.requestId}]`, isWrong: true };
  const manifest = readManifest(answer);
  if ('problem' in manifest) return { problem: `${where}: ${manifest.problem} [${answer.requestId}]`, isWrong: true };
  const digest = answer.digest ?? '';
  if (reference.startsWith('sha256:') && digest !== reference)
    return { problem: `${where}: the bytes hash to ${digest} [${answer.requestId}]`, isWrong: true };
  return { answer, digest, manifest };
}

/** The image of every required platform, each fetched by the digest in the index. */
export async function fetchPlatforms(
  client: RegistryClient,
  name: string,
  top: FetchedManifest,
  platforms: readonly string[],
  wire: WireOptions,
): Promise<PlatformResult[]> {
  const { manifest, digest } = top;
  if (manifest.kind === 'image') return platforms.map((platform) => ({ platform, digest, manifest }));
  return Promise.all(platforms.map((platform) => fetchPlatform(client, name, manifest.children, platform, wire)));
}

/** `see` names the check that reports the same problem in full, so that others can skip with a reference to it. */
async function fetchPlatform(
  client: RegistryClient,
  name: string,
  children: readonly ChildDescriptor[],
  platform: string,
  wire: WireOptions,
): Promise<PlatformResult> {
  const descriptor = children.find((child) => servesPlatform(child.platform, platform));
  if (!descriptor) return { platform, problem: `the index has no ${platform}`, see: 'M5' };
  const child = await fetchManifest(client, name, descriptor.digest, wire);
  if ('problem' in child) return { platform, see: 'M3', ...child };
  if (child.manifest.kind === 'index') return { platform, problem: 'the index contains another index', see: 'M5' };
  return { platform, digest: child.digest, descriptor, manifest: child.manifest };
}
