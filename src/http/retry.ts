import { retryAfterMs } from './retry-after';

/** How often and how fast. What may be repeated at all is not part of it: `judge` decides that. */
export interface RetryPolicy {
  /** Number of requests, including the first. */
  readonly tries: number;
  /** Upper bound of the first pause; it doubles. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** The longest Retry-After to wait for. */
  readonly maxRetryAfterMs: number;
  /** What to do if the server requests a longer pause: wait for `maxRetryAfterMs`, or return the response. */
  readonly beyond: 'wait' | 'give-up';
}

/** What one call of `retried` needs. It has no timer of its own: `pause` waits. */
export interface Retrying<Outcome> {
  readonly policy: RetryPolicy;
  /** Undefined if the outcome is final; otherwise the Retry-After of the response, if it has one. */
  readonly judge: (outcome: Outcome) => { readonly retryAfter?: string | undefined } | undefined;
  /** How long the next attempt may still start. */
  readonly leftMs: () => number;
  /** @returns false if the run was stopped meanwhile and the last outcome is final */
  readonly pause: (ms: number) => Promise<boolean>;
  readonly random?: () => number;
}

/**
 * The only loop that repeats requests. `judge` decides what must not be sent twice.
 * One attempt after the other, until one of these ends it:
 *
 *     attempt ──► outcome ──► tries used up?                  ──► it is the result
 *                        ──► `judge` calls it final?          ──► it is the result
 *                        ──► the pause is too long (`beyond`)? ──► it is the result
 *                        ──► no time left for another one?    ──► it is the result
 *                        ──► stopped during the pause?        ──► it is the result
 *                        ──► next attempt
 */
export async function retried<Outcome>(
  attempt: (tries: number) => Promise<Outcome>,
  { policy, judge, leftMs, pause, random = Math.random }: Retrying<Outcome>,
): Promise<{ readonly outcome: Outcome; readonly tries: number }> {
  for (let tries = 1; ; tries++) {
    const outcome = await attempt(tries);
    const again = tries < policy.tries ? judge(outcome) : undefined;
    const delayMs =
      again && retryDelayMs(policy, { tries, retryAfter: again.retryAfter, random: random() }, Date.now());
    if (delayMs === undefined || delayMs >= leftMs() || !(await pause(delayMs))) return { outcome, tries };
  }
}

interface Tried {
  /** From 1. */
  readonly tries: number;
  readonly retryAfter: string | undefined;
  /** In [0, 1). */
  readonly random: number;
}

/**
 * Full jitter: between zero and a limit that doubles with each attempt, or later if the server requests it.
 * @returns undefined if it requests more than the limit
 */
export function retryDelayMs(
  { baseDelayMs, maxDelayMs, maxRetryAfterMs, beyond }: RetryPolicy,
  { tries, retryAfter, random }: Tried,
  nowMs: number,
): number | undefined {
  const askedMs = retryAfterMs(retryAfter, nowMs) ?? 0;
  if (askedMs > maxRetryAfterMs && beyond === 'give-up') return undefined;
  const ceilingMs = Math.min(maxDelayMs, baseDelayMs * 2 ** (tries - 1));
  return Math.max(Math.round(random * ceilingMs), Math.min(maxRetryAfterMs, askedMs));
}
