/** How many changes may run at the same time, and what is learned about it during a run. */
export interface Pace {
  /** Read again before each change is started, so it may change during a run. */
  readonly limit: number;
  /** The duration of a write of this type; `busy` if Harbor or its proxy reported overload. */
  observe(sort: string, elapsedMs: number, busy: boolean): void;
}

/** Where each run begins; the pace finds out whether more are useful. */
export const START = 6;
const MOST = 32;
const LEAST = 2;
/** Up to this ratio a response takes as long as ever: one more simultaneous change costs nothing. */
const FLAT = 1.5;
/** From this ratio on, requests wait for each other inside Harbor: more of them do not make the run shorter. */
const CROWDED = 2.5;
/** Weight of the newest response in the average. */
const NEWEST = 0.2;

/** For `--concurrency`: overload does not change it either. */
export function fixedPace(limit: number): Pace {
  return { limit, observe: () => undefined };
}

/**
 * Starts with six and lets one more in after each round of answers that came as fast as the fastest of their sort. Where
 * answers get slower it takes one back, down to six: with fewer, Harbor's cores have nothing to do while a change waits
 * for the journal. It takes half back where someone is busy (429, 502, 503, 504, a broken connection), down to two.
 *
 * ```
 * answer time / fastest of its sort      1 ........ 1.5 ........ 2.5 ........
 * changes in flight                       + 1 a round   as it is    - 1 a round     busy: / 2
 * ```
 * Sorts are measured apart: a project takes Harbor longer than a label, whatever else it does.
 */
export function adaptivePace(): Pace {
  const fastestMs = new Map<string, number>();
  let limit = START;
  let slowdown = 1;
  let answers = 0;
  return {
    get limit() {
      return limit;
    },
    observe(sort, elapsedMs, busy) {
      answers += 1;
      if (busy) {
        limit = Math.max(LEAST, Math.floor(limit / 2));
        slowdown = CROWDED;
        answers = 0;
        return;
      }
      const fastest = Math.min(fastestMs.get(sort) ?? Infinity, Math.max(1, elapsedMs));
      fastestMs.set(sort, fastest);
      slowdown += NEWEST * (elapsedMs / fastest - slowdown);
      if (answers < limit) return;
      answers = 0;
      if (slowdown <= FLAT) limit = Math.min(MOST, limit + 1);
      else if (slowdown >= CROWDED) limit = Math.max(Math.min(limit, START), limit - 1);
    },
  };
}
