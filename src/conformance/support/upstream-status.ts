import { setTimeout as sleep } from 'node:timers/promises';
import type { PullContext } from '../model/context';
import { readUpstreamStatus, upstreamStatusPoll } from '../harbor-api';
import { isOver } from '../pull/time-bound';

/** As Harbor stores it after its last health check of the registry (docs/harbor-behavior.md 4.4). */
export type UpstreamStatus = 'healthy' | 'unhealthy';

/**
 * Harbor checks every five minutes, one registry after the other: one that does not respond delays the checks of all. So
 * two checks are waited for.
 */
const NOTICED_WITHIN_MS = 630_000;
const EVERY_MS = 5_000;
const MIN_DEADLINE_MS = 2_000;
/** A sandbox checks every three seconds at the scale of the demo. */
const MIN_EVERY_MS = 200;

/** Whether Harbor reached this state of the upstream before its next check but one. */
export async function waitForUpstreamStatus(context: PullContext, wanted: UpstreamStatus): Promise<boolean> {
  const { signal, wire } = context;
  const { timeScale } = context.timing;
  const deadlineMs = Math.max(NOTICED_WITHIN_MS * timeScale, MIN_DEADLINE_MS);
  const everyMs = Math.max(EVERY_MS * timeScale, MIN_EVERY_MS);
  const startedAt = performance.now();
  context.waiting(`until Harbor calls the upstream ${wanted}, at most ${Math.round(deadlineMs / 1000)} s`);
  // Dozens of equal polls would hide the requests that matter.
  const poll = upstreamStatusPoll(context, { ...wire, record: () => undefined });
  for (let polled = 1; (await poll()) !== wanted; polled++) {
    if (isOver({ timeScale, deadlineMs, everyMs }, performance.now() - startedAt, polled)) return false;
    await sleep(everyMs, undefined, { signal });
  }
  return true;
}

/** A result, and whether Harbor called the upstream unhealthy in the meantime. */
export interface Watched<T> {
  readonly result: T;
  readonly wasUnhealthy: boolean;
  /** Not once was the status readable: whether it changed is not known. */
  readonly isUnread: boolean;
}

/**
 * Runs `work`, and reads the status of the upstream meanwhile: Harbor may notice that the upstream misbehaves, refuse cold
 * pulls for five minutes, and call it healthy again before `work` ends.
 */
export async function watchUpstream<T>(context: PullContext, work: () => Promise<T>): Promise<Watched<T>> {
  const everyMs = Math.max(EVERY_MS * context.timing.timeScale, MIN_EVERY_MS);
  const over = new AbortController();
  const seen = new Set<string>();
  const poll = upstreamStatusPoll(context, { ...context.wire, record: () => undefined });
  const watch = async (): Promise<void> => {
    while (!over.signal.aborted && !context.signal.aborted) {
      const status = await poll().catch(() => undefined);
      if (status !== undefined) seen.add(status);
      await sleep(everyMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
  };
  void watch();
  try {
    const result = await work();
    return { result, wasUnhealthy: seen.has('unhealthy'), isUnread: seen.size === 0 };
  } finally {
    over.abort();
  }
}

/**
 * Waits if Harbor's own check noticed an upstream that was told to misbehave: until its next check it sends no
 * requests, and every cold pull is 404. Returns whether it had to wait.
 */
export async function waitOutUnhealthy(context: PullContext): Promise<boolean> {
  if (context.signal.aborted || (await readUpstreamStatus(context, context.wire)) !== 'unhealthy') return false;
  await waitForUpstreamStatus(context, 'healthy');
  return true;
}
