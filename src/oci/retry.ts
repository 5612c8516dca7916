import { setTimeout as sleep } from 'node:timers/promises';
import { NetworkError } from '../errors';
import { retried } from '../http/retry';
import { header, type WireOptions, type WireRequest, type WireResponse } from './transport';

/** Times are in milliseconds. */
export interface RetryPolicy {
  /** Number of requests, including the first. */
  readonly attempts: number;
  /** Upper bound of the first pause; it doubles. */
  readonly baseDelayMs: number;
  /**
   * A server that requests a longer Retry-After is not retried: retrying too early does not help, and a report now is
   * better than one in an hour.
   */
  readonly maxDelayMs: number;
  /** All attempts and the pauses between them: none starts after this time. Default 120,000. */
  readonly totalMs?: number;
}

const DEFAULT_TOTAL_MS = 120_000;

/** Three requests in all: many more would hide a registry that fails now and then. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 3, baseDelayMs: 250, maxDelayMs: 10_000 };

const RETRIED_STATUS = new Set([408, 429, 500, 502, 503, 504]);
const RETRIED_ERRORS = new Set(['NETWORK_REFUSED', 'NETWORK_RESET', 'NETWORK_TIMEOUT']);

/**
 * Repeats only what may be sent twice: GET and HEAD, until the headers of a usable response arrived. The last response
 * is returned unchanged; the last error is thrown.
 */
export async function withRetry(
  request: WireRequest,
  { attempts, baseDelayMs, maxDelayMs, totalMs = DEFAULT_TOTAL_MS }: RetryPolicy,
  { signal, expected }: Pick<WireOptions, 'signal' | 'expected'>,
  /** Called with the time that is left for all attempts. */
  attempt: (leftMs: number) => Promise<WireResponse>,
): Promise<WireResponse> {
  const endsAt = performance.now() + totalMs;
  const leftMs = (): number => endsAt - performance.now();
  const isRepeatable = request.method === 'GET' || request.method === 'HEAD';
  const { outcome } = await retried(() => attempt(Math.max(1, leftMs())).catch(networkError), {
    policy: { tries: attempts, baseDelayMs, maxDelayMs, maxRetryAfterMs: maxDelayMs, beyond: 'give-up' },
    judge: (last) => (isRepeatable && !signal?.aborted && isWorthAnother(last, expected) ? askedOf(last) : undefined),
    leftMs,
    pause: (ms) => sleep(ms, true, { signal }),
  });
  if (outcome instanceof NetworkError) throw outcome;
  return outcome;
}

/** @throws errors that are not a NetworkError */
function networkError(error: unknown): NetworkError {
  if (error instanceof NetworkError) return error;
  throw error;
}

function askedOf(outcome: WireResponse | NetworkError): { readonly retryAfter: string | undefined } {
  return { retryAfter: outcome instanceof NetworkError ? undefined : header(outcome, 'retry-after') };
}

/** A server that accepted the request but never responded was waited for long enough. */
function isWorthAnother(outcome: WireResponse | NetworkError, expected: WireOptions['expected'] = []): boolean {
  if (!(outcome instanceof NetworkError))
    return RETRIED_STATUS.has(outcome.status) && !expected.includes(outcome.status);
  if (!RETRIED_ERRORS.has(outcome.code)) return false;
  return (outcome.cause as { code?: unknown } | undefined)?.code !== 'UND_ERR_HEADERS_TIMEOUT';
}
