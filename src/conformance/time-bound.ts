import { timeBound } from '../http/time-bound';
import type { WireOptions } from '../oci';

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
