import { BUSY_STATUS, NetworkError } from '../errors';
import type { RetryPolicy } from '../http/retry';
import type { Answer } from './answer';

/**
 * Without a Retry-After all pauses together take less than 8 s. A Retry-After of more than a minute is
 * shortened to one.
 */
export const RETRY: RetryPolicy = {
  tries: 6,
  baseDelayMs: 250,
  maxDelayMs: 20_000,
  maxRetryAfterMs: 60_000,
  beyond: 'wait',
};

/** Idempotent methods. Harbor's POST and PATCH create something new each time. */
const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/** What decides whether a request may be sent twice. */
export interface Repeat {
  readonly method: string;
  /** For exceptions: a login may be repeated although it is a POST. */
  readonly repeatable?: boolean;
}

/**
 * Whether to try again. Harbor returns 500 for many invalid requests (docs/harbor-behavior.md 1.1), so only reads are
 * repeated on it.
 */
export function isRetryable(
  { method, repeatable = REPEATABLE.has(method) }: Repeat,
  outcome: Answer | NetworkError,
): boolean {
  if (outcome instanceof NetworkError) return outcome.temporary && (outcome.sent === 'never' || repeatable);
  if (!repeatable) return false;
  if (isRead(method) && (outcome.status === 500 || (outcome.status < 300 && outcome.broken))) return true;
  return BUSY_STATUS.has(outcome.status);
}

/** It changes nothing, so it may take as long as its response, and is repeated on every 500. */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
