import { error, fail, type Evidence, type Outcome } from '../model/outcome';

/** Interval of the timer that shows the delay. */
const EVERY_MS = 10;
/** A request is written, answered, read and resumed: each of them waits for a processor, also at a server on this machine. */
const WAITS_OF_A_REQUEST = 4;

/** A result, and how far its duration can be trusted: a busy machine makes every response look late. */
export interface Timed<T> {
  readonly result: T;
  /** The longest time by which a timer of this process was late: it was busy, or waited for a processor. */
  readonly ownDelayMs: number;
}

/** Runs `work` and measures how late this process was in the meantime. A rejection of `work` is passed on. */
export async function withOwnDelay<T>(work: () => Promise<T>): Promise<Timed<T>> {
  let dueAt = performance.now() + EVERY_MS;
  let ownDelayMs = 0;
  const look = (): void => {
    const now = performance.now();
    ownDelayMs = Math.max(ownDelayMs, now - dueAt);
    dueAt = now + EVERY_MS;
  };
  const timer = setInterval(look, EVERY_MS);
  try {
    const result = await work();
    // A delay that has not ended yet counts, too.
    look();
    return { result, ownDelayMs };
  } finally {
    clearInterval(timer);
  }
}

/** A request that took longer than its bound, also one that was given up at the bound. */
export interface TooLong {
  readonly tookMs: number;
  readonly boundMs: number;
  readonly ownDelayMs: number;
}

/** Whether the delays of this machine may be the reason. A time far above the bound is not explained by short delays. */
export function mayBeOwnDelay({ tookMs, boundMs, ownDelayMs }: TooLong): boolean {
  const ownMs = WAITS_OF_A_REQUEST * ownDelayMs;
  return ownMs > boundMs && tookMs - ownMs <= boundMs;
}

/** `fail` with these words, or `error` if this machine was too busy to know. */
export function failTooLong(words: string, found: TooLong, shown: readonly Evidence[] = []): Outcome {
  return mayBeOwnDelay(found) ? error(`${words}, but ${busyWords(found)}`) : fail(words, shown);
}

/** Why nothing is known, and what to do. */
export function busyWords({ ownDelayMs }: Pick<TooLong, 'ownDelayMs'>): string {
  const late = `its own timers were up to ${Math.round(ownDelayMs)} ms late`;
  return `this machine was too busy to measure that: ${late}. Run the check again when it is idle, or on another machine`;
}
