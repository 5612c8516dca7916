import { setTimeout as sleep } from 'node:timers/promises';
import type { PullContext } from '../model/context';
import { readUpstreamStatus } from '../harbor-api';

export type UpstreamStatus = 'healthy' | 'unhealthy';

/** Harbor looks every five minutes. */
const NOTICED_WITHIN_MS = 330_000;
const EVERY_MS = 5_000;
const MIN_DEADLINE_MS = 2_000;
const MIN_EVERY_MS = 100;

/** Whether Harbor came to believe it of the upstream before its next check but one. */
export async function waitForUpstreamStatus(context: PullContext, wanted: UpstreamStatus): Promise<boolean> {
  const { timing, signal, wire } = context;
  const deadlineMs = Math.max(NOTICED_WITHIN_MS * timing.timeScale, MIN_DEADLINE_MS);
  const startedAt = performance.now();
  context.waiting(`until Harbor calls the upstream ${wanted}, at most ${Math.round(deadlineMs / 1000)} s`);
  // Dozens of equal polls would bury the requests that matter.
  const quiet = { ...wire, record: () => undefined };
  while ((await readUpstreamStatus(context, quiet)) !== wanted) {
    if (performance.now() - startedAt > deadlineMs) return false;
    await sleep(Math.max(EVERY_MS * timing.timeScale, MIN_EVERY_MS), undefined, { signal });
  }
  return true;
}

/**
 * Waits where Harbor's own check has come upon an upstream that was told to misbehave: until the next one it asks it
 * no more, and every cold pull is 404. Answers whether there was something to wait for.
 */
export async function waitOutUnhealthy(context: PullContext): Promise<boolean> {
  if (context.signal.aborted || (await readUpstreamStatus(context, context.wire)) !== 'unhealthy') return false;
  await waitForUpstreamStatus(context, 'healthy');
  return true;
}
