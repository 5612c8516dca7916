import type { ProjectCheck, ProjectContext } from '../model/check';
import { readQuota, unreadOutcome, type Unread } from '../harbor-api';
import { namedImage } from '../pull/named-image';
import { evidence, fail, pass, skip, type Evidence, type Outcome } from '../model/outcome';
import { scratchImage } from '../support/scratch';
import { noRoom, pullAndWait } from '../pull/pull-and-wait';
import { sizeOf } from '../answer-words';
import { problem } from '../model/problem';

/**
 * A full quota is invisible to clients (docs/harbor-behavior.md 7.2). Free space must be at least the largest declared
 * image; with a controllable upstream a new image must be stored as well.
 */
export const check: ProjectCheck = {
  id: 'S14',
  title: 'The quota has room for new images',
  proves: 'The largest declared image would still fit. With a canary, a new image is pulled and must be stored.',
  why: 'With a full quota Harbor serves but silently caches nothing (goharbor/harbor#13314).',
  limits: 'Layers that are already stored do not count again, so a little more fits than reported.',
  upstreamCost: 'as S1; more only at the controllable upstream',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run,
};

/** Harbor's value for no limit (docs/harbor-behavior.md 5.8). */
const UNLIMITED = -1;

/**
 *      quota                                upstream            verdict
 *      hidden from this identity, or -1     any                 skip
 *      a proxy or a failure answered        any                 error
 *      less free than the largest image     any                 fail: quota-full
 *      room                                 not controllable    pass, by the numbers alone
 *      room                                 controllable        a new image is pulled and must be stored
 */
async function run(context: ProjectContext): Promise<Outcome> {
  const { project, wire } = context;
  if (!project.proxy) return skip('not a proxy cache project');
  const missed: Unread[] = [];
  const quota = await readQuota({ ...context, noteUnread: (one) => void missed.push(one) }, wire);
  if (!quota && missed[0]) return unreadOutcome('whether the quota has room is not known', missed[0]);
  if (!quota) return skip('this identity may not read the quota, or there is none');
  const { hardBytes, usedBytes } = quota;
  if (hardBytes === UNLIMITED) return skip('the quota is unlimited');
  const leftBytes = Math.max(0, hardBytes - usedBytes);
  const neededBytes = await largestBytes(context);
  const shown = [evidence('quota', sizeOf(hardBytes)), evidence('used', sizeOf(usedBytes))];
  shown.push(evidence('largest image', sizeOf(neededBytes)));
  if (leftBytes < neededBytes || leftBytes === 0) {
    const sizes = `${sizeOf(leftBytes)} of ${sizeOf(hardBytes)} free, the largest image has ${sizeOf(neededBytes)}`;
    return fail(`quota too small: ${sizes}; new images are served but not cached`, shown, [
      problem('quota-full', undefined, sizes),
    ]);
  }
  return project.upstream
    ? stores(context, shown)
    : pass(`${sizeOf(leftBytes)} of ${sizeOf(hardBytes)} are free`, shown);
}

/** The compressed bytes of the declared platforms, one image after the other: each may have to be pulled first. */
async function largestBytes(context: ProjectContext): Promise<number> {
  let most = 0;
  for (const text of context.project.images) {
    const { pulled } = await context.images.pullAndWait(context, namedImage(context.project.name, text));
    most = Math.max(most, pulled.bytes);
  }
  return most;
}

/** The numbers of the quota may be right and nothing stored: a disk that is full, or a job service that is down. */
async function stores(context: ProjectContext, shown: readonly Evidence[]): Promise<Outcome> {
  const image = scratchImage(context, 'quota');
  await context.project.upstream?.publish(image.image.repository, image.image.tag, 1);
  const { pulled, caching } = await pullAndWait(context, image, context.project.platforms.slice(0, 1));
  if (pulled.problems.length > 0) return fail(pulled.problems.join('; '), shown);
  if (caching.state === 'no-room') return fail(noRoom(caching).words, shown, [noRoom(caching).problem]);
  if (caching.state === 'missing')
    return fail(`the quota has free space, but ${caching.what} was not stored`, shown, [
      problem('not-stored', image.text),
    ]);
  if (caching.state === 'unknown')
    return skip(`the pull succeeded; whether Harbor stored it could not be checked: ${caching.why}`);
  return pass('the quota has free space, and the pulled image is stored', shown);
}
