import { setMaxListeners } from 'node:events';
import type { WireOptions } from '../../oci';

/** A signal that is aborted with another one or after a time. */
export interface TimeBound {
  readonly signal: AbortSignal;
  /** Clears the timer, which would keep the process alive. */
  readonly release: () => void;
}

/**
 * @param outer aborts it early, with its own reason; the reason of the time is a `TimeoutError`. Not `AbortSignal.any`
 * with `AbortSignal.timeout`: Node 20 holds that timeout weakly, and after garbage collection nothing is aborted any
 * more.
 */
export function timeBound(limitMs: number, outer?: AbortSignal): TimeBound {
  const controller = new AbortController();
  // Every running request listens to it: many listeners are not a leak.
  setMaxListeners(0, controller.signal);
  const end = (): void => controller.abort(outer?.reason);
  const timer = setTimeout(() => controller.abort(new DOMException('timed out', 'TimeoutError')), limitMs);
  if (outer?.aborted) end();
  outer?.addEventListener('abort', end, { once: true });
  const release = (): void => {
    clearTimeout(timer);
    outer?.removeEventListener('abort', end);
  };
  return { signal: controller.signal, release };
}

/** The result of `work` within the limit, or undefined: then its requests are aborted. */
export async function within<T>(
  wire: WireOptions,
  limitMs: number,
  work: (wire: WireOptions) => Promise<T>,
): Promise<T | undefined> {
  const bound = timeBound(limitMs, wire.signal);
  try {
    return await work({ ...wire, signal: bound.signal });
  } catch (error) {
    if (bound.signal.aborted && !wire.signal?.aborted) return undefined;
    throw error;
  } finally {
    bound.release();
  }
}

/** A wait for Harbor, by polling. */
export interface Polls {
  readonly timeScale: number;
  readonly deadlineMs: number;
  readonly everyMs: number;
}

/**
 * Whether the wait is over. A sandbox on a busy machine answers late, and its waits are short: it gets at least as many
 * polls as an idle machine has time for.
 */
export function isOver({ timeScale, deadlineMs, everyMs }: Polls, waitedMs: number, polled: number): boolean {
  return waitedMs >= deadlineMs && (timeScale >= 1 || polled >= deadlineMs / everyMs);
}
