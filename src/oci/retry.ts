import { setTimeout as sleep } from 'node:timers/promises';
import { NetworkError } from '../errors';
import { retried } from '../http/retry';
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
  { attempts, baseDelayMs, maxDelayMs, totalMs = DEFAULT_TOTAL_MS }: RetryPolicy,
  signal: AbortSignal | undefined,
  /** Is told how much time is left for all tries. */
  attempt: (leftMs: number) => Promise<WireResponse>,
): Promise<WireResponse> {
  const endsAt = performance.now() + totalMs;
  const leftMs = (): number => endsAt - performance.now();
  const isRepeatable = request.method === 'GET' || request.method === 'HEAD';
  const { outcome } = await retried(() => attempt(Math.max(1, leftMs())).catch(networkError), {
    policy: { tries: attempts, baseDelayMs, maxDelayMs, maxRetryAfterMs: maxDelayMs, beyond: 'give-up' },
    judge: (last) => (isRepeatable && !signal?.aborted && isWorthAnother(last) ? askedOf(last) : undefined),
    leftMs,
    pause: (ms) => sleep(ms, true, { signal }),
  });
  if (outcome instanceof NetworkError) throw outcome;
  return outcome;
}

/** @throws what is no NetworkError */
function networkError(error: unknown): NetworkError {
  if (error instanceof NetworkError) return error;
  throw error;
}

function askedOf(outcome: WireResponse | NetworkError): { readonly retryAfter: string | undefined } {
  return { retryAfter: outcome instanceof NetworkError ? undefined : header(outcome, 'retry-after') };
}

/** Who took the request and said nothing until it was given up has been waited for long enough. */
function isWorthAnother(outcome: WireResponse | NetworkError): boolean {
  if (!(outcome instanceof NetworkError)) return RETRIED_STATUS.has(outcome.status);
  if (!RETRIED_ERRORS.has(outcome.code)) return false;
  return (outcome.cause as { code?: unknown } | undefined)?.code !== 'UND_ERR_HEADERS_TIMEOUT';
}
