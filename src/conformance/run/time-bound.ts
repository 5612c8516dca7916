import { setMaxListeners } from 'node:events';
import type { WireOptions } from '../../oci';

/** A signal that ends with another or when its time is up. */
export interface TimeBound {
  readonly signal: AbortSignal;
  /** Without it the timer keeps the process. */
  readonly release: () => void;
}

/**
 * @param outer ends it before its time, with its own reason; the reason of the time is a `TimeoutError`.
 * Not `AbortSignal.any` of an `AbortSignal.timeout`: Node 20 holds that timeout weakly, and after the garbage is
 * collected nothing ends any more.
 */
export function timeBound(limitMs: number, outer?: AbortSignal): TimeBound {
  const controller = new AbortController();
  // Every request in flight listens for the end: many at once are no leak.
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

/** What `work` comes to within the limit, or undefined: the requests under way are given up then. */
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
