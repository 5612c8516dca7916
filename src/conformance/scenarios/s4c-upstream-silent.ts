import { compact } from '../../compact';
import { manifestReference } from '../../oci';
import { describeAnswer } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { SILENT_UPSTREAM } from '../model/deviation';
import { namedImage, type NamedImage } from '../pull/named-image';
import { evidence, fail, knownDeviation, pass, skip, type Outcome } from '../model/outcome';
import type { PulledImage } from '../pull/pull';
import { needsUpstream } from '../support/scratch';
import { notCached } from '../pull/cached-pull';
import type { UpstreamControl } from '../model/target';
import { within } from '../pull/time-bound';
import { failTooLong, withOwnDelay, type TooLong } from '../support/own-delay';
import { teachShields, withShields } from '../support/shielded';
import { LATENCY_BOUND_MS } from '../support/upstream-down';

/**
 * By digest Harbor does not contact the upstream. By tag it does, and waits up to 30 minutes (docs/harbor-behavior.md
 * 10.2, 10.9): a known deviation.
 */
export const check: ProjectCheck = {
  id: 'S4c',
  title: 'Upstream drops packets: the cache serves',
  proves:
    'While the upstream accepts requests and never responds, cached images are served quickly, by digest and by tag.',
  why: 'With a firewall that drops packets, pulls hang for minutes (goharbor/harbor#17934, #18294).',
  limits:
    'Tests only the first image. If Harbor has already marked the upstream unhealthy, it does not contact it, and this passes. With a shielded mirror the result of its clients counts.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'outage',
  scope: 'project',
  run: (context) => needsUpstream(context, (upstream) => play(context, upstream)),
};

const MIN_BOUND_MS = 2_000;

async function play(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  const [text] = context.project.images;
  if (text === undefined) return skip('no image is declared');
  const image = namedImage(context.project.name, text);
  const { pulled, caching } = await context.images.pullAndWaitForTag(context, image);
  if (caching.state !== 'cached') return skip(notCached(image));
  const known = await teachShields(context);
  await upstream.misbehave('hang');
  try {
    return await withShields(context, known, await look(context, image, pulled));
  } finally {
    await upstream.misbehave('ok');
  }
}

/**
 *       by digest            by tag                  result
 *       no response in time  -                       fail; error if this machine was too busy to know
 *       another response     -                       fail
 *       the image            the image               pass
 *       the image            no response in time     known deviation (docs/harbor-behavior.md 10.9)
 *       the image            another response        fail
 */
async function look(context: ProjectContext, image: NamedImage, pulled: PulledImage): Promise<Outcome> {
  // After caching, Harbor has another digest for the index, but the same images.
  const [leaf = pulled.digest] = pulled.leaves;
  const byDigest = await timed(context, 'GET', image, leaf);
  const shown = [evidence('by digest', byDigest.words)];
  if (byDigest.tooLong) return failTooLong(`by digest: ${byDigest.words}`, byDigest.tooLong, shown);
  if (byDigest.status !== 200 || byDigest.digest !== leaf)
    return fail(`by digest: expected the cached image, got ${byDigest.words}`, shown);
  const tag = manifestReference(image.image);
  if (tag === leaf || tag === pulled.digest) return pass(`by digest ${byDigest.words}`, shown);
  const byTag = await timed(context, 'HEAD', image, tag);
  shown.push(evidence('by tag', byTag.words));
  if (byTag.status === 200) return pass(`by digest ${byDigest.words}, by tag ${byTag.words}`, shown);
  if (byTag.status === undefined)
    return knownDeviation(SILENT_UPSTREAM, `by digest ${byDigest.words}; by tag ${byTag.words}`, shown);
  return fail(`by tag: expected the cached image, got ${byTag.words}`, shown);
}

interface Answer {
  readonly status?: number;
  readonly digest?: string;
  /** There was no answer. */
  readonly tooLong?: TooLong;
  readonly words: string;
}

async function timed(
  { puller, wire, timing }: ProjectContext,
  method: 'GET' | 'HEAD',
  { name }: NamedImage,
  reference: string,
): Promise<Answer> {
  const boundMs = Math.max(LATENCY_BOUND_MS * timing.timeScale, MIN_BOUND_MS);
  const startedAt = performance.now();
  const { result: answer, ownDelayMs } = await withOwnDelay(() =>
    within(wire, boundMs, (bounded) => puller.manifest(method, name, reference, bounded)),
  );
  const tookMs = performance.now() - startedAt;
  if (!answer || answer.broken)
    return { words: `no answer within ${Math.round(boundMs / 1000)} s`, tooLong: { tookMs, boundMs, ownDelayMs } };
  const took = `${Math.round(tookMs)} ms`;
  const { status, digest } = answer;
  if (status !== 200) return { status, words: `${describeAnswer(answer)} after ${took}` };
  return compact({ status, words: `200 in ${took}`, digest });
}
