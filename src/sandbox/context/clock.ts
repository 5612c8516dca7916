import { setMaxListeners } from 'node:events';

/** Thrown by `sleep` when the sandbox closes. A background task that ends with it did not fail. */
export class ClockStoppedError extends Error {
  constructor() {
    super('the sandbox was closed');
    this.name = 'ClockStoppedError';
  }
}

/**
 * Harbor's waits (20 s until a manifest is cached, 1.5 s after a wrong password) times `timeScale`. `now()` is the real
 * time: clients compare token expiry and creation times with their own clock.
 */
export class Clock {
  private readonly wakeups = new Set<() => void>();
  private readonly tasks = new Set<Promise<void>>();
  private readonly startedAt = Date.now();
  private stopped = false;
  private readonly ending = new AbortController();
  /** Aborted when the sandbox closes: requests of a background task must not delay it. */
  readonly signal: AbortSignal = this.ending.signal;

  constructor(
    private readonly timeScale: number,
    private readonly onTaskError: (error: unknown) => void = () => undefined,
  ) {
    // Each running task listens to it.
    setMaxListeners(0, this.signal);
  }

  /** Unix time in milliseconds. */
  now(): number {
    return Date.now();
  }

  /**
   * Harbor's own clock, which decides when schedules are due: it is as much faster as the waits are shorter. Undefined
   * if waits take no time; then no schedule is ever due.
   */
  harborTime(): number | undefined {
    return this.timeScale > 0 ? this.startedAt + (Date.now() - this.startedAt) / this.timeScale : undefined;
  }

  /** Converts Harbor's milliseconds to real ones. */
  scaled(harborMs: number): number {
    return harborMs * this.timeScale;
  }

  /**
   * Waits for this many of Harbor's milliseconds.
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

  /** Wakes all sleepers with ClockStoppedError and waits until the background tasks have ended. */
  async close(): Promise<void> {
    this.stopped = true;
    this.ending.abort();
    for (const wake of [...this.wakeups]) wake();
    await Promise.all([...this.tasks]);
  }
}
