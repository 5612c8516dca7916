import { BUSY_STATUS, NetworkError } from '../errors';
import { retryAfterMs } from '../http/retry-after';
import { headerOf, type Answer } from './answer';

export const MAX_TRIES = 6;
const BASE_DELAY_MS = 250;
const MAX_DELAY_MS = 20_000;
const MAX_RETRY_AFTER_MS = 60_000;

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

/**
 * Full jitter: anywhere between nothing and a ceiling that doubles with each try, or later if the server
 * asks for it. Milliseconds; `tries` counts from 1, `random` is in [0, 1).
 */
export function retryDelayMs(tries: number, outcome: Answer | NetworkError, random: number, nowMs: number): number {
  const ceilingMs = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (tries - 1));
  const asked = outcome instanceof NetworkError ? undefined : headerOf(outcome, 'retry-after');
  const askedMs = Math.min(MAX_RETRY_AFTER_MS, retryAfterMs(asked, nowMs) ?? 0);
  return Math.max(Math.round(random * ceilingMs), askedMs);
}
