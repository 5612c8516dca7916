/** The window in which registries count pulls. */
export const HOUR_MS = 3_600_000;

/**
 * Pulls from one upstream, evenly distributed: at most `perHour` in any hour, however often a run is stopped and
 * restarted. Times are milliseconds since 1970.
 */
export class Pace {
  private nextMs = 0;
  private readonly hourMs: number;
  private readonly atOnce: number;

  /**
   * @param hourMs duration of an hour; shorter for a sandbox with shorter waits
   * @param atOnce maximum number of pulls for one image
   */
  constructor(
    private perHour: number,
    { hourMs, atOnce }: { readonly hourMs: number; readonly atOnce: number },
  ) {
    this.hourMs = hourMs;
    this.atOnce = atOnce;
  }

  /** Milliseconds until the next pull may start. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.nextMs - nowMs);
  }

  /** @param pulls that the upstream counts, at that time */
  spend(pulls: number, atMs: number): void {
    // The last image of an hour may start in its last moment, so room for its other pulls is reserved.
    const evenly = Math.max(1, this.perHour - (this.atOnce - 1));
    this.nextMs = Math.max(this.nextMs, atMs) + (pulls * this.hourMs) / evenly;
  }

  /** Nothing until then. */
  pause(untilMs: number): void {
    this.nextMs = Math.max(this.nextMs, untilMs);
  }

  /** From the next `spend` on; a wait that was calculated before stays. */
  changeTo(perHour: number): void {
    this.perHour = perHour;
  }
}
