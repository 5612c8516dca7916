import { setTimeout as wait } from 'node:timers/promises';
import { header } from '../../oci';
import { evidence, fail, failOn, mergeOutcomes, pass, skip, type Evidence, type Outcome } from '../model/outcome';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { UpstreamControl } from '../model/target';
import { within } from '../pull/time-bound';
import { askMirror, type Mirror } from '../support/per-mirror';
import { needsUpstream, scratchImage } from '../support/scratch';
import { failTooLong, withOwnDelay } from '../support/own-delay';
import { asClientOf, shieldedMirrors, type ShieldedMirror } from '../support/shielded';

/**
 *      publish ── first request ── (wait revalidate) ── upstream hangs ── 100 requests ── upstream back
 *                                                                           all known digest, p99 <= 300 ms
 *      tag moves ── wait retry ── request ── wait revalidate ── request must have the new digest
 *
 * With a long `revalidate` the waits and the second line need `--deep`.
 */
export const check: ProjectCheck = {
  id: 'D8',
  title: 'The shield serves tags while the upstream hangs, and picks up a moved tag in time',
  proves:
    'While the upstream drops requests, 99 of 100 requests for a known tag return the known digest within 300 ms; later a moved tag is served when revalidate is over.',
  why: 'Harbor waits for such an upstream for minutes (goharbor/harbor#17934, #18294, #21859).',
  limits:
    'Waits for revalidate if it is at most ten seconds, or in a deep run. On a busy machine slow answers are an error, not a failure.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'outage',
  scope: 'project',
  run: (context) => needsUpstream(context, (upstream) => perShield(context, upstream)),
};

const REQUESTS = 100;
const BOUND_MS = 300;
/** Far above the bound: how long a slow request really takes is part of the message. */
const PATIENCE_MS = 10_000;
/** With a longer `revalidate`, only a deep run waits for it. */
const SHORT_INTERVAL_MS = 10_000;
/** nginx counts whole seconds. */
const MARGIN_MS = 1_100;

/** One after the other, because all of them share the upstream that is made to hang. */
async function perShield(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  const mirrors = shieldedMirrors(context);
  if (mirrors.length === 0) return skip('no mirror domain with a shield is declared for this project');
  const parts: { part: string; outcome: Outcome }[] = [];
  for (const mirror of mirrors)
    parts.push({ part: new URL(mirror.url).host, outcome: await play(context, upstream, mirror) });
  return mergeOutcomes(parts);
}

async function play(context: ProjectContext, upstream: UpstreamControl, mirror: ShieldedMirror): Promise<Outcome> {
  const image = scratchImage(context, 'shield');
  const { repository, tag } = image.image;
  await upstream.publish(repository, tag, 1);
  try {
    return await asClientOf(context, mirror, image, (one) => look(context, upstream, mirror, one));
  } finally {
    await upstream.misbehave('ok');
    await upstream.removeTag(repository, tag);
  }
}

/**
 * What is tested depends on how long a tag may be served from the shield's memory:
 *
 *      revalidate              the upstream hangs                              the moved tag
 *      up to 10 s, or --deep   after it is over: the shield has to ask Harbor  is tested
 *      longer                  before it is over: served from memory           is not
 */
async function look(
  context: ProjectContext,
  upstream: UpstreamControl,
  { shield }: ShieldedMirror,
  mirror: Mirror,
): Promise<Outcome> {
  const { repository, tag } = mirror.image.image as { repository: string; tag: string };
  const waits = context.timing.deep || shield.revalidateMs <= SHORT_INTERVAL_MS;
  const first = await digestAt(context, mirror);
  if (first === undefined) return fail(`${mirror.image.text} does not come through the mirror`);
  if (waits) await pause(context, shield.revalidateMs + MARGIN_MS);
  await upstream.misbehave('hang');
  const { result: asked, ownDelayMs } = await withOwnDelay(() => askOften(context, mirror));
  await upstream.misbehave('ok');
  const shown = [
    evidence('99 of 100 within', `${Math.round(p99(asked))} ms`),
    evidence('longest delay of this machine', `${Math.round(ownDelayMs)} ms`),
    evidence('upstream', waits ? 'silent for longer than revalidate' : 'silent within revalidate'),
  ];
  const served = judge(asked, first, ownDelayMs, shown);
  if (!waits || served.status !== 'pass') return served;
  return { ...(await moved(context, upstream, { repository, tag }, mirror, { first, ...shield })), evidence: shown };
}

/**
 *      another digest, or none in the answer      fail
 *      no answer, or 99 of 100 too slow           fail; error if this machine was so late that it may be the reason
 */
export function judge(
  asked: readonly Asked[],
  first: string,
  ownDelayMs: number,
  shown: readonly Evidence[] = [],
): Outcome {
  const wrong = asked.filter(({ answered, digest }) => answered && digest !== first);
  const some = `${wrong.length} of ${asked.length} answers were not ${first}, such as ${wrong[0]?.digest ?? 'none'}`;
  if (wrong.length > 0) return fail(some, shown);
  const unanswered = asked.filter(({ answered }) => !answered);
  const none = `${unanswered.length} of ${asked.length} requests had no answer within ${seconds(PATIENCE_MS)}`;
  if (unanswered[0]) return failTooLong(none, { tookMs: unanswered[0].ms, boundMs: PATIENCE_MS, ownDelayMs }, shown);
  const tookMs = p99(asked);
  const slow = `99 of 100 requests took up to ${Math.round(tookMs)} ms, the bound is ${BOUND_MS} ms`;
  if (tookMs > BOUND_MS) return failTooLong(slow, { tookMs, boundMs: BOUND_MS, ownDelayMs }, shown);
  return pass('serves tags while the upstream hangs; a moved tag was not tested', shown);
}

/** One request for the tag; `digest` is absent if there was no answer within `PATIENCE_MS`, or an answer without one. */
interface Asked {
  readonly ms: number;
  readonly answered: boolean;
  readonly digest?: string | undefined;
}

/** The time of the slowest but one of a hundred. */
function p99(asked: readonly Asked[]): number {
  return [...asked].sort((a, b) => a.ms - b.ms)[Math.ceil(asked.length * 0.99) - 1]?.ms ?? 0;
}

async function askOften(context: ProjectContext, mirror: Mirror): Promise<Asked[]> {
  const asked: Asked[] = [];
  while (asked.length < REQUESTS) asked.push(await timed(context, mirror));
  return asked;
}

/** The shield retries a silent Harbor only after its own interval, and sees the moved tag then. */
async function moved(
  context: ProjectContext,
  upstream: UpstreamControl,
  { repository, tag }: { readonly repository: string; readonly tag: string },
  mirror: Mirror,
  { first, revalidateMs, retryMs }: ShieldedMirror['shield'] & { readonly first: string },
): Promise<Outcome> {
  await upstream.publish(repository, tag, 2);
  await pause(context, retryMs + MARGIN_MS);
  await digestAt(context, mirror);
  await pause(context, revalidateMs + MARGIN_MS);
  return judgeMoved(first, await digestAt(context, mirror), revalidateMs);
}

/** @param after the digest that the shield serves for the moved tag; undefined if its response has none */
export function judgeMoved(first: string, after: string | undefined, revalidateMs: number): Outcome {
  const when = `a tag that moved ${seconds(revalidateMs)} ago`;
  if (after === undefined) return fail(`the response for ${when} has no digest`);
  return failOn(
    after === first ? [`${when} is still ${first}`] : [],
    'serves tags while the upstream hangs, and picks up a moved tag',
  );
}

async function digestAt({ wire }: ProjectContext, mirror: Mirror): Promise<string | undefined> {
  return header(await askMirror(mirror, 'HEAD', wire), 'docker-content-digest');
}

async function timed({ wire }: ProjectContext, mirror: Mirror): Promise<Asked> {
  const startedAt = performance.now();
  const answer = await within(wire, PATIENCE_MS, (bounded) => askMirror(mirror, 'HEAD', bounded));
  const ms = performance.now() - startedAt;
  return { ms, answered: answer !== undefined, digest: answer && header(answer, 'docker-content-digest') };
}

async function pause({ signal, waiting }: ProjectContext, ms: number): Promise<void> {
  waiting(`${seconds(ms)} until the shield revalidates`);
  await wait(ms, undefined, { signal });
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
