import type { ProjectContext } from './check';
import { REWRITTEN_INDEX } from './deviation';
import type { NamedImage } from './image-cache';
import { evidence, fail, knownDeviation, pass, skip, type Outcome } from './outcome';
import { pullImage, type PulledImage } from './pull';
import { notSettled } from './settled-pull';
import type { UpstreamControl } from './target';

/** A client gives up long before Harbor's own 30 minutes: kubelet after five without a byte, people after one. */
const LATENCY_BOUND_MS = 30_000;

/** Pulls a cached image while the upstream refuses connections, and starts the upstream again whatever happens. */
export async function pullWithUpstreamDown(
  context: ProjectContext,
  image: NamedImage,
  upstream: UpstreamControl,
): Promise<Outcome> {
  const { pulled: before, caching } = await context.images.settle(context, image);
  if (caching.state !== 'cached') return skip(notSettled(image));
  await upstream.stop();
  try {
    const during = await pullImage(context.puller, image, context.project.platforms, context.wire);
    return judge(before, during);
  } finally {
    await upstream.start();
  }
}

function judge(before: PulledImage, during: PulledImage): Outcome {
  const shown = [evidence('pull', `${during.durationMs} ms`), evidence('digest', during.digest || 'none')];
  if (during.problems.length > 0) return fail(during.problems.join('; '), shown);
  if (during.durationMs > LATENCY_BOUND_MS) return fail(`took ${during.durationMs} ms`, shown);
  if (during.digest === before.digest) return pass('the same image, whole, from the cache', shown);
  const sameImages = before.leaves.every((leaf) => during.leaves.includes(leaf));
  if (!before.isIndex || !sameImages) return fail(`another image: ${during.digest} instead of ${before.digest}`, shown);
  const message = `the same images, under the index ${during.digest} instead of ${before.digest}`;
  return knownDeviation(REWRITTEN_INDEX, message, shown);
}
