import { setMaxListeners } from 'node:events';

/** Thrown by `sleep` when the sandbox closes; a background task that ends with it has ended well. */
export class ClockStoppedError extends Error {
  constructor() {
    super('the sandbox was closed');
    this.name = 'ClockStoppedError';
  }
}

/**
 * Harbor's waits (20 s until a manifest is cached, 1.5 s after a wrong password) times `timeScale`.
 * `now()` is the real time: clients check token expiry and creation times against their own clock.
 */
export class Clock {
  private readonly wakeups = new Set<() => void>();
  private readonly tasks = new Set<Promise<void>>();
  private readonly startedAt = Date.now();
  private stopped = false;
  private readonly ending = new AbortController();
  /** Aborted when the sandbox closes: what a background task asks of others must not hold it up. */
  readonly signal: AbortSignal = this.ending.signal;

  constructor(
    private readonly timeScale: number,
    private readonly onTaskError: (error: unknown) => void = () => undefined,
  ) {
    // Each task under way listens to it.
    setMaxListeners(0, this.signal);
  }

  /** Unix time in milliseconds. */
  now(): number {
    return Date.now();
  }

  /**
   * Harbor's own clock, by which schedules come due: it runs as much faster as the waits are shorter.
   * Undefined where waits take no time at all; then no schedule ever comes due.
   */
  harborTime(): number | undefined {
    return this.timeScale > 0 ? this.startedAt + (Date.now() - this.startedAt) / this.timeScale : undefined;
  }

  /** So many of Harbor's milliseconds, in real ones. */
  scaled(harborMs: number): number {
    return harborMs * this.timeScale;
  }

  /**
   * Waits for so many of Harbor's milliseconds.
   * @throws ClockStoppedError when the sandbox closes meanwhile
   */
  sleep(harborMs: number): Promise<void> {
    if (this.stopped) return Promise.reject(new ClockStoppedError());
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.wakeups.delete(wake);
        if (this.stopped) reject(new ClockStoppedError());
        else resolve();
      };
      const timer = setTimeout(wake, this.scaled(harborMs));
      this.wakeups.add(wake);
    });
  }

  /** Runs a task in the background, as Harbor runs a goroutine; `close` waits for its end. */
  background(task: () => Promise<void>): void {
    const running = task()
      .catch((error: unknown) => {
        if (!(error instanceof ClockStoppedError)) this.onTaskError(error);
      })
      .finally(() => this.tasks.delete(running));
    this.tasks.add(running);
  }

  /** Wakes every sleeper with ClockStoppedError and waits until the background tasks have ended. */
  async close(): Promise<void> {
    this.stopped = true;
    this.ending.abort();
    for (const wake of [...this.wakeups]) wake();
    await Promise.all([...this.tasks]);
  }
}
