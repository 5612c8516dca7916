import { isDigest, manifestReference, type Descriptor, type RegistryClient, type WireOptions } from '../../oci';
import { describeAnswer, isLimitOrFront, MISSING_HINT } from '../answer-words';
import { isElsewhere, readBlob } from './blob-reading';
import { mapBounded } from '../../map-bounded';
import type { NamedImage } from './named-image';
import { fetchManifest, fetchPlatforms, type PlatformImage } from './manifest-reading';
import type { PulledImage } from '../model/pulled';

export type { PulledImage };

const BLOBS_AT_ONCE = 3;

/**
 * Pulls an image like docker and containerd: HEAD the tag, GET that digest, GET the image of each platform, then
 * configs and layers. The HEAD is required: only it makes Harbor attach the tag to a cached index.
 */
export async function pullImage(
  client: RegistryClient,
  { image, name }: NamedImage,
  platforms: readonly string[],
  wire: WireOptions,
): Promise<PulledImage> {
  const startedAt = performance.now();
  const reference = manifestReference(image);
  const head = await client.manifest('HEAD', name, reference, wire);
  const digest = image.digest ?? head.headerDigest;
  if (head.status !== 200) {
    const hint = head.status === 404 ? `; ${MISSING_HINT}` : '';
    return nothing(`HEAD ${name}:${reference}: ${describeAnswer(head)}${hint}`, isLimitOrFront(head), startedAt);
  }
  if (digest === undefined || !isDigest(digest))
    return nothing(`HEAD ${name}:${reference} returns no digest: ${describeAnswer(head)}`, false, startedAt);
  const top = await fetchManifest(client, name, digest, wire);
  if ('problem' in top) return nothing(top.problem, top.isUnanswered === true, startedAt);
  const results = await fetchPlatforms(client, name, top, platforms, wire);
  const images = results.filter((result): result is PlatformImage => !('problem' in result));
  const leaves = [...new Set(images.map((one) => one.digest))];
  const blobs = uniqueBlobs(images);
  const readings = await mapBounded(blobs, BLOBS_AT_ONCE, (blob) => readBlob(client, name, blob, wire));
  const notFetched = results.flatMap((result) => ('problem' in result ? [result] : []));
  const wrong = readings.filter(({ problem }) => problem !== undefined);
  const isUnanswered =
    notFetched.every((result) => result.isUnanswered) && wrong.every(({ answer }) => isLimitOrFront(answer));
  return {
    digest,
    isIndex: top.manifest.kind === 'index',
    isWhole:
      top.manifest.kind !== 'index' || top.manifest.children.every(({ digest: child }) => leaves.includes(child)),
    leaves,
    blobs: blobs.map((blob) => blob.digest),
    bytes: readings.reduce((sum, { answer }) => sum + answer.bytes, 0),
    durationMs: Math.round(performance.now() - startedAt),
    problems: [...notFetched.map(({ problem }) => problem), ...wrong.flatMap(({ problem }) => problem ?? [])],
    kinds: readings.flatMap(({ kind }) => kind ?? []),
    isUnanswered: isUnanswered && notFetched.length + wrong.length > 0,
  };
}

/** Configs and layers of all platforms, each once: platforms share layers. */
export function uniqueBlobs(images: readonly PlatformImage[]): Descriptor[] {
  const all = images.flatMap(({ manifest }) => [manifest.config, ...manifest.layers]);
  return [...new Map(all.map((blob) => [blob.digest, blob])).values()].filter((blob) => !isElsewhere(blob));
}

/**
 * A pull that ended before any blob. The fields that were not reached are empty, not unknown: no check reads them then.
 */
function nothing(problem: string, isUnanswered: boolean, startedAt: number): PulledImage {
  const durationMs = Math.round(performance.now() - startedAt);
  return {
    ...{ digest: '', isIndex: false, isWhole: false, leaves: [], blobs: [], bytes: 0 },
    ...{ durationMs, problems: [problem], kinds: [], isUnanswered },
  };
}
