import { BUSY_STATUS, NetworkError } from '../errors';
import type { RetryPolicy } from '../http/retry';
import type { Answer } from './answer';

export const RETRY: RetryPolicy = {
  tries: 6,
  baseDelayMs: 250,
  maxDelayMs: 20_000,
  maxRetryAfterMs: 60_000,
  beyond: 'wait',
};

/** Sending these twice leaves what sending them once leaves. Harbor's POST and PATCH make something new each time. */
const REPEATABLE = new Set(['GET', 'PUT', 'DELETE']);

export interface Repeat {
  readonly method: string;
  /** Where the method does not tell: a login may be sent twice although it is a POST. */
  readonly repeatable?: boolean;
}

/**
 * Is another try worth it? Harbor answers many mistakes in a request with 500 (docs/harbor-behavior.md 1.1), so only a
 * read is tried again on it.
 */
export function isRetryable(
  { method, repeatable = REPEATABLE.has(method) }: Repeat,
  outcome: Answer | NetworkError,
): boolean {
  if (outcome instanceof NetworkError) return outcome.temporary && (outcome.sent === 'never' || repeatable);
  if (!repeatable) return false;
  if (method === 'GET' && (outcome.status === 500 || (outcome.status < 300 && outcome.broken))) return true;
  return BUSY_STATUS.has(outcome.status);
}
