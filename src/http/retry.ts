import { retryAfterMs } from './retry-after';

export interface RetryPolicy {
  /** Requests in all, the first included. */
  readonly tries: number;
  /** Upper bound of the first pause; it doubles. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** The longest Retry-After that is waited for. */
  readonly maxRetryAfterMs: number;
  /** What to do where the server asks for a longer pause: wait for `maxRetryAfterMs`, or take the answer as it is. */
  readonly beyond: 'wait' | 'give-up';
}

export interface Retrying<Outcome> {
  readonly policy: RetryPolicy;
  /** Nothing where the outcome stands; otherwise the Retry-After of the answer, if it had one. */
  readonly judge: (outcome: Outcome) => { readonly retryAfter?: string | undefined } | undefined;
  /** How long the next try may still begin. */
  readonly leftMs: () => number;
  /** @returns false where the run was stopped meanwhile and the last outcome stands */
  readonly pause: (ms: number) => Promise<boolean>;
  readonly random?: () => number;
}

/** The only loop that sends a request again. What must not be sent twice is for `judge` to know. */
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
 * Full jitter: anywhere between nothing and a ceiling that doubles with each try, or later if the server asks for it.
 * @returns nothing where it asks for more than is waited for
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
