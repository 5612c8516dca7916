import { sizeOf } from '../answer-words';
import { waitUntilCached } from '../pull/caching';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { fetchManifest } from '../pull/manifest-reading';
import { error, evidence, fail, pass, skip, type Outcome } from '../model/outcome';
import { pullImage } from '../pull/pull';
import { needsHealthyUpstream, scratchImage } from '../support/scratch';
import { describeWait } from '../pull/pull-and-wait';
import type { UpstreamControl } from '../model/target';
import { notCached } from '../pull/cached-pull';

/**
 *      client reads a part of a layer ── closes ── next pull must be right ── Harbor must store it
 */
export const check: ProjectCheck = {
  id: 'S10',
  title: 'A client that disconnects does no harm',
  proves:
    'After a client has aborted the pull of a layer that is not cached, the next pull is correct and Harbor stores the image.',
  why: 'Connections break in the middle of layers; a partial layer must not be cached (goharbor/harbor#20157).',
  limits:
    'The client leaves after 2 MiB of a layer of 10 MiB: on a fast network most of it may have been sent before Harbor notices.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'situation',
  scope: 'project',
  run: (context) => needsHealthyUpstream(context, (upstream) => play(context, upstream)),
};

const LAYER_BYTES = 10 << 20;
/** What remains is more than fits into the buffers on the way, so that the sender is still sending. */
const READ_BYTES = 2 << 20;

/**
 *      first pull left     next pull     stored       verdict
 *      did not start       -             -            skip: nothing was proven
 *      in the middle       429, 5xx      -            error
 *      in the middle       wrong         -            fail
 *      in the middle       right         no           fail: the partial layer keeps the image out of the cache
 *      in the middle       right         not known    skip
 *      in the middle       right         yes          pass
 */
async function play(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  const image = scratchImage(context, 'dropped');
  await upstream.publish(image.image.repository, image.image.tag, 1, LAYER_BYTES);
  const left = await leaveEarly(context, image);
  if ('problem' in left) return skip(`the pull could not be started: ${left.problem}`);
  const pulled = await pullImage(context.puller, image, context.project.platforms.slice(0, 1), context.wire);
  const shown = [evidence('left after', `${sizeOf(left.bytes)} of ${sizeOf(left.sizeBytes)}`)];
  shown.push(evidence('next pull', `${pulled.durationMs} ms`));
  if (pulled.isUnanswered) return error(`whether the next pull is correct is not known: ${pulled.problems.join('; ')}`);
  if (pulled.problems.length > 0) return fail(`the next pull is wrong: ${pulled.problems.join('; ')}`, shown);
  const caching = await waitUntilCached(context, image, pulled);
  const waited = (ms: number): string => describeWait(ms, context.timing.timeScale);
  if (caching.state === 'missing')
    return fail(`the next pull is correct, but not stored after ${waited(caching.waitedMs)}: ${caching.what}`, shown);
  if (caching.state === 'no-room') return skip(notCached(image));
  if (caching.state === 'unknown')
    return skip(`the pull succeeded; whether Harbor stored it could not be checked: ${caching.why}`);
  return pass(`the next pull is correct, and stored after ${waited(caching.afterMs)}`, shown);
}

/** How much of the layer had arrived when the client closed the connection. */
interface Left {
  readonly bytes: number;
  readonly sizeBytes: number;
}

/**
 * Reads the first bytes of the layer, at most half of it, and closes the connection: the client stops at its limit, which
 * is reported as `broken`.
 */
async function leaveEarly(
  { puller, wire }: ProjectContext,
  { name, image }: NamedImage & { image: { tag: string } },
): Promise<Left | { readonly problem: string }> {
  const top = await fetchManifest(puller, name, image.tag, wire);
  if ('problem' in top) return top;
  if (top.manifest.kind === 'index') return { problem: 'an index where an image was published' };
  const [layer] = top.manifest.layers;
  if (!layer) return { problem: 'the image has no layer' };
  const { sizeBytes } = layer;
  const { status, bytes, broken } = await puller.blob(
    name,
    layer.digest,
    { limitBytes: Math.min(READ_BYTES, sizeBytes >> 1) },
    wire,
  );
  if (status !== 200 || broken?.code !== 'NETWORK_BODY_LIMIT')
    return { problem: `the layer returned ${status}, and ended after ${bytes} bytes` };
  return { bytes, sizeBytes };
}
