import { setTimeout as sleep } from 'node:timers/promises';
import { NetworkError } from '../errors';
import { retryAfterMs } from '../http/retry-after';
import { header, type WireRequest, type WireResponse } from './transport';

export interface RetryPolicy {
  /** Requests in all, the first included. */
  readonly attempts: number;
  /** Upper bound of the first pause; it doubles. */
  readonly baseDelayMs: number;
  /**
   * Who asks for a longer Retry-After is not asked again: too early does not help, and a report that comes is better than
   * one that waits for an hour.
   */
  readonly maxDelayMs: number;
  /** All tries and the pauses between them: none begins after it. Default 120,000. */
  readonly totalMs?: number;
}

const DEFAULT_TOTAL_MS = 120_000;

export const DEFAULT_RETRY: RetryPolicy = { attempts: 3, baseDelayMs: 250, maxDelayMs: 10_000 };

const RETRIED_STATUS = new Set([408, 429, 500, 502, 503, 504]);
const RETRIED_ERRORS = new Set(['NETWORK_REFUSED', 'NETWORK_RESET', 'NETWORK_TIMEOUT']);

/**
 * Sends again what may be sent twice: only GET and HEAD, only until headers of a usable answer have come.
 * The last answer is handed on as it is; the last error is thrown.
 */
export async function withRetry(
  request: WireRequest,
  policy: RetryPolicy,
  signal: AbortSignal | undefined,
  /** Is told how much time is left for all tries. */
  attempt: (leftMs: number) => Promise<WireResponse>,
): Promise<WireResponse> {
  const endsAt = performance.now() + (policy.totalMs ?? DEFAULT_TOTAL_MS);
  const isTooLate = (pauseMs: number): boolean => performance.now() + pauseMs >= endsAt;
  for (let count = 1; ; count++) {
    const last = count >= policy.attempts || (request.method !== 'GET' && request.method !== 'HEAD');
    try {
      const response = await attempt(Math.max(1, endsAt - performance.now()));
      const askedMs = retryAfterMs(header(response, 'retry-after'), Date.now());
      if (last || !RETRIED_STATUS.has(response.status) || (askedMs ?? 0) > policy.maxDelayMs) return response;
      const pauseMs = askedMs ?? delayMs(policy, count);
      if (isTooLate(pauseMs)) return response;
      await sleep(pauseMs, undefined, { signal });
    } catch (error) {
      const pauseMs = delayMs(policy, count);
      if (last || signal?.aborted || isTooLate(pauseMs) || !isWorthAnother(error)) throw error;
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

/** Who took the request and said nothing until it was given up has been waited for long enough. */
function isWorthAnother(error: unknown): boolean {
  if (!(error instanceof NetworkError) || !RETRIED_ERRORS.has(error.code)) return false;
  return (error.cause as { code?: unknown } | undefined)?.code !== 'UND_ERR_HEADERS_TIMEOUT';
}

function delayMs(policy: RetryPolicy, count: number): number {
  return Math.random() * Math.min(policy.baseDelayMs * 2 ** (count - 1), policy.maxDelayMs);
}
