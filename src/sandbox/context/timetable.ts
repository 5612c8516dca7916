import { nextRun } from '../go-compat/cron';
import { ClockStoppedError, type Clock } from './clock';

/** A scheduled job in its current state. */
export interface Scheduled {
  readonly cron: string;
  readonly run: () => void;
}

/** Harbor allows schedules by the minute: the second is always 0. */
const MINUTE_MS = 60_000;
/** Real milliseconds. If Harbor's minutes are shorter than this, several are checked together. */
const SHORTEST_NAP_MS = 20;

/**
 * Starts jobs when they are due. The current schedules are read every minute of Harbor's clock, so no code has to
 * report that a schedule was changed, disabled or removed.
 */
export class Timetable {
  private readonly sources: (() => readonly Scheduled[])[] = [];
  private readonly next = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @param source is called each minute: it returns what is scheduled now */
  add(source: () => readonly Scheduled[]): void {
    this.sources.push(source);
  }

  /** Runs until the clock is closed. @throws ClockStoppedError */
  async keep(): Promise<void> {
    let looked = this.clock.harborTime();
    while (looked !== undefined) {
      const shortest = (SHORTEST_NAP_MS / this.clock.scaled(MINUTE_MS)) * MINUTE_MS;
      await this.clock.sleep(Math.max(shortest, MINUTE_MS - (looked % MINUTE_MS)));
      const now = this.clock.harborTime() ?? looked;
      this.start(looked, now);
      looked = now;
    }
  }

  /** Starts each job that became due between `from` and `to`, once, even if it was due several times. */
  private start(from: number, to: number): void {
    for (const { cron, run } of this.sources.flatMap((source) => source())) {
      if (this.nextAfter(cron, from) > to) continue;
      try {
        run();
      } catch (error) {
        if (!(error instanceof ClockStoppedError)) this.onError(error);
      }
    }
  }

  /** Many objects share a schedule, and most are due much later: the next run is computed once per schedule. */
  private nextAfter(cron: string, from: number): number {
    const known = this.next.get(cron);
    if (known !== undefined && known > from) return known;
    const next = nextRun(cron, from) ?? Infinity;
    this.next.set(cron, next);
    return next;
  }
}
