import { compact } from '../../compact';
import type { WireOptions } from '../../oci';
import type { PullContext } from '../model/context';
import type { AwaitedPull, Caching, NamedImage } from '../model/pulled';
import { isCachedNow, waitUntilCached } from './caching';
import { pullImage } from './pull';
import { sizeOf } from '../answer-words';
import { problem, type Problem } from '../model/problem';

export type { AwaitedPull };

const BLOB_GET = /^GET .*\/blobs\/([^/?]+)$/;

/** Counts the GET requests for each blob, also those that are repeated: each of them may cost the upstream a download. */
export function countingBlobs(wire: WireOptions): {
  readonly wire: WireOptions;
  readonly blobRequests: ReadonlyMap<string, number>;
} {
  const blobRequests = new Map<string, number>();
  const record: WireOptions['record'] = (request) => {
    wire.record(request);
    const blob = BLOB_GET.exec(`${request.method} ${request.url}`)?.[1];
    if (blob !== undefined) blobRequests.set(blob, (blobRequests.get(blob) ?? 0) + 1);
  };
  return { wire: { ...wire, record }, blobRequests };
}

/** Reads before the pull whether the image is cached, because afterwards the answer is the pull's own effect. */
export async function pullAndWait(
  context: PullContext,
  image: NamedImage,
  platforms: readonly string[],
): Promise<AwaitedPull> {
  const { upstream } = context.project;
  const wasCached = await isCachedNow(context, image);
  await upstream?.takeLog();
  const startedAt = performance.now();
  const { wire, blobRequests } = countingBlobs(context.wire);
  const pulled = await pullImage(context.puller, image, platforms, wire);
  const caching: Caching =
    pulled.problems.length > 0
      ? { state: 'unknown', why: 'the pull itself failed' }
      : await waitUntilCached(context, image, pulled);
  const upstreamLog = await upstream?.takeLog();
  const tookMs = performance.now() - startedAt;
  return compact({ pulled, caching, wasCached, upstreamLog, blobRequests, tookMs });
}

/** The same pull, once the tag of a partially pulled index is stored as well: Harbor waits 400 s for the other images. */
export async function waitForTag(context: PullContext, image: NamedImage, settled: AwaitedPull): Promise<AwaitedPull> {
  const { pulled, caching } = settled;
  if (caching.state !== 'cached' || pulled.isWhole) return settled;
  return { ...settled, caching: await waitUntilCached(context, image, { ...pulled, isWhole: true }) };
}

/** An image that Harbor cannot store. */
export function noRoom({ neededBytes, leftBytes, limitBytes }: Extract<Caching, { state: 'no-room' }>): {
  readonly words: string;
  readonly problem: Problem;
} {
  const sizes = `${sizeOf(leftBytes)} of ${sizeOf(limitBytes)} free, the image has ${sizeOf(neededBytes)}`;
  return {
    words: `quota too small: ${sizes}; it is served but not cached`,
    problem: problem('quota-full', undefined, sizes),
  };
}

/** `1.5 s`, with the equivalent in Harbor's own pace if time was scaled. */
export function describeWait(afterMs: number, timeScale: number): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  return timeScale === 1 ? seconds(afterMs) : `${seconds(afterMs)} (${seconds(afterMs / timeScale)} unscaled)`;
}
