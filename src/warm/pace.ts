export const HOUR_MS = 3_600_000;

/**
 * Pulls of one upstream, evenly spread: in no hour more than `perHour` of them, however often a run is stopped and
 * started again. Times are milliseconds since 1970.
 */
export class Pace {
  private nextMs = 0;
  private readonly hourMs: number;
  private readonly atOnce: number;

  /**
   * @param hourMs how long an hour takes; shorter in front of a sandbox whose waits are shorter
   * @param atOnce pulls that one image takes at most
   */
  constructor(
    private perHour: number,
    { hourMs, atOnce }: { readonly hourMs: number; readonly atOnce: number },
  ) {
    this.hourMs = hourMs;
    this.atOnce = atOnce;
  }

  /** Milliseconds until the next pull may begin. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.nextMs - nowMs);
  }

  /** @param pulls that the upstream counts, taken at that time */
  spend(pulls: number, atMs: number): void {
    // The last image of an hour may begin in its last moment: its other pulls are kept free.
    const evenly = Math.max(1, this.perHour - (this.atOnce - 1));
    this.nextMs = Math.max(this.nextMs, atMs) + (pulls * this.hourMs) / evenly;
  }

  /** Nothing until then. */
  pause(untilMs: number): void {
    this.nextMs = Math.max(this.nextMs, untilMs);
  }

  changeTo(perHour: number): void {
    this.perHour = perHour;
  }
}
