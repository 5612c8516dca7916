import { describeAnswer, isOfFront } from '../answer-words';
import type { ProjectContext } from '../model/check';
import { error, evidence, failOn, skip, type Outcome } from '../model/outcome';
import { scratchImage } from './scratch';
import { notCached } from '../pull/cached-pull';
import { pullAndWait } from '../pull/pull-and-wait';
import type { UpstreamControl, UpstreamMode } from '../model/target';

/** How the upstream refuses, and what clients may get because of it. */
export interface Refusal {
  readonly mode: UpstreamMode;
  /** Acceptable responses for an image that is not cached. */
  readonly cold: readonly number[];
}

/**
 * A refusing upstream: cached images must still be served, others must get a clear error. It is restored afterwards.
 *
 *      cached       not cached              verdict
 *      the image    as `cold`, of Harbor    pass
 *      another response of Harbor           fail
 *      a response that is not Harbor's      error: also with the right status, such as a 429 of a proxy in front
 */
export async function playRefusal(
  context: ProjectContext,
  upstream: UpstreamControl,
  { mode, cold }: Refusal,
): Promise<Outcome> {
  const { puller, project, wire } = context;
  const cached = scratchImage(context, 'refused');
  const absent = scratchImage(context, 'refused-cold');
  for (const { image } of [cached, absent]) await upstream.publish(image.repository, image.tag, 1);
  const before = await pullAndWait(context, cached, project.platforms.slice(0, 1));
  if (before.caching.state !== 'cached') return skip(notCached(cached));
  await upstream.misbehave(mode);
  try {
    const held = await puller.manifest('GET', cached.name, cached.image.tag, wire);
    // Without retries: the upstream misbehaves as briefly as possible, or Harbor's own check notices it.
    const fresh = await puller.manifest('GET', absent.name, absent.image.tag, { ...wire, expected: cold });
    const foreign = [held, fresh].find((answer) => isOfFront(answer));
    if (foreign) return error(`what Harbor serves is not known: ${describeAnswer(foreign)}`);
    const problems: string[] = [];
    if (held.status !== 200) problems.push(`cached: expected the image, got ${describeAnswer(held)}`);
    else if (held.digest !== before.pulled.digest)
      problems.push(`cached: the bytes hash to ${held.digest} [${held.requestId}]`);
    if (!cold.includes(fresh.status))
      problems.push(`not cached: expected ${cold.join(' or ')}, got ${describeAnswer(fresh)}`);
    const shown = [evidence('cached', held.status), evidence('not cached', fresh.status)];
    return failOn(problems, `200 for the cached tag, ${fresh.status} for the other`, shown);
  } finally {
    await upstream.misbehave('ok');
  }
}
