import type { WireOptions } from '../oci';

/** What `work` comes to within the limit, or undefined: the requests under way are given up then. */
export async function within<T>(
  wire: WireOptions,
  limitMs: number,
  work: (wire: WireOptions) => Promise<T>,
): Promise<T | undefined> {
  const limit = AbortSignal.timeout(limitMs);
  const signal = wire.signal ? AbortSignal.any([wire.signal, limit]) : limit;
  try {
    return await work({ ...wire, signal });
  } catch (error) {
    if (limit.aborted && !wire.signal?.aborted) return undefined;
    throw error;
  }
}
