import type { ProjectContext } from '../model/check';
import { REWRITTEN_INDEX } from '../model/deviation';
import { namedImage, type NamedImage } from '../pull/named-image';
import { evidence, fail, knownDeviation, pass, skip, type Outcome } from '../model/outcome';
import { pullImage, type PulledImage } from '../pull/pull';
import { notCached } from '../pull/cached-pull';
import type { UpstreamControl } from '../model/target';
import { failTooLong, withOwnDelay, type Timed } from './own-delay';
import { teachShields, withShields } from './shielded';
import { waitOutUnhealthy } from './upstream-status';

/** A client gives up long before Harbor's own 30 minutes: kubelet after five without a byte, people after one. */
export const LATENCY_BOUND_MS = 30_000;

/** Pulls a cached image while the upstream refuses connections. An image that was not cached before proves nothing. */
export async function pullFromCacheAlone(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const { pulled: before, caching } = await context.images.pullAndWaitForTag(context, image);
  if (caching.state !== 'cached') return skip(notCached(image));
  return judge(
    before,
    await withOwnDelay(() => pullImage(context.puller, image, context.project.platforms, context.wire)),
  );
}

/** Caches all images of the project, stops the upstream, and always starts it again. */
export async function duringOutage(
  context: ProjectContext,
  upstream: UpstreamControl,
  look: () => Promise<Outcome>,
): Promise<Outcome> {
  const { project, images } = context;
  for (const text of project.images) await images.pullAndWaitForTag(context, namedImage(project.name, text));
  const known = await teachShields(context);
  await upstream.stop();
  try {
    return await withShields(context, known, await look());
  } finally {
    await upstream.start();
    await waitOutUnhealthy(context);
  }
}

function judge(before: PulledImage, { result: during, ownDelayMs }: Timed<PulledImage>): Outcome {
  const shown = [evidence('pull', `${during.durationMs} ms`), evidence('digest', during.digest || 'none')];
  if (during.problems.length > 0) return fail(during.problems.join('; '), shown);
  const tookMs = during.durationMs;
  if (tookMs > LATENCY_BOUND_MS)
    return failTooLong(`took ${tookMs} ms`, { tookMs, boundMs: LATENCY_BOUND_MS, ownDelayMs }, shown);
  if (during.digest === before.digest) return pass('the same image, complete, from the cache', shown);
  const sameImages = before.leaves.every((leaf) => during.leaves.includes(leaf));
  if (!before.isIndex || !sameImages) return fail(`another image: ${during.digest} instead of ${before.digest}`, shown);
  const message = `the same images, under the index ${during.digest} instead of ${before.digest}`;
  return knownDeviation(REWRITTEN_INDEX, message, shown);
}
