import { NetworkError } from '../errors';

/** The request for which an abort is reported; `url` is redacted. */
export interface Where {
  readonly method: string;
  readonly url: string;
}

/** How long after the stop of a run a request may still start, and how long it may take. */
export interface Grace {
  readonly startMs: number;
  readonly endMs: number;
}

/** A read, or a wait between two attempts: it ends at once. */
const NO_GRACE: Grace = { startMs: 0, endMs: 0 };

/** How long a run may continue: until its deadline, or until the caller aborts it. */
export interface Lifetime {
  /** Infinity without a deadline; never negative. */
  remainingMs(): number;
  /** Runs `work` with a signal that fires after `timeoutMs`, at the deadline, or `grace` after the caller's abort. */
  limit<T>(where: Where, timeoutMs: number, work: (signal: AbortSignal) => Promise<T>, grace?: Grace): Promise<T>;
  end(): void;
}

/**
 * One listener on the caller's signal, however many requests are running: one per request would make Node warn of a
 * leak.
 */
export function createLifetime(deadlineMs: number | undefined, outer: AbortSignal | undefined): Lifetime {
  const endsAt = deadlineMs === undefined ? Infinity : performance.now() + deadlineMs;
  const remainingMs = (): number => Math.max(0, endsAt - performance.now());
  const stops = new Set<() => void>();
  let stoppedAt = outer?.aborted ? performance.now() : Infinity;
  const stopAll = (): void => {
    stoppedAt = performance.now();
    stops.forEach((stop) => stop());
  };
  outer?.addEventListener('abort', stopAll);

  async function limit<T>(
    where: Where,
    timeoutMs: number,
    work: (signal: AbortSignal) => Promise<T>,
    grace = NO_GRACE,
  ): Promise<T> {
    const leftMs = remainingMs();
    if (performance.now() - stoppedAt >= grace.startMs) throw stopped(where);
    if (leftMs === 0) throw deadlinePassed(where);
    const controller = new AbortController();
    let lastCall: NodeJS.Timeout | undefined;
    const stop = (): void => {
      if (grace.endMs === 0) return controller.abort(stopped(where));
      const restMs = Math.max(0, stoppedAt + grace.endMs - performance.now());
      lastCall = setTimeout(() => controller.abort(cutOff(where, grace)), restMs);
    };
    const expire = (): void => controller.abort(leftMs < timeoutMs ? deadlinePassed(where) : tooSlow(where, timeoutMs));
    const timer = setTimeout(expire, Math.min(leftMs, timeoutMs, MAX_TIMER_MS));
    stops.add(stop);
    if (outer?.aborted) stop();
    try {
      return await work(controller.signal);
    } catch (error) {
      // Some pass on the reason, others throw their own error about it.
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      clearTimeout(timer);
      clearTimeout(lastCall);
      stops.delete(stop);
    }
  }
  return { remainingMs, limit, end: () => outer?.removeEventListener('abort', stopAll) };
}

/** Node's timers hold a signed 32-bit number of milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function stopped({ method, url }: Where): NetworkError {
  return new NetworkError(`${method} ${url}: stopped`, 'NETWORK_ABORTED', url);
}

/** It was sent, so whether Harbor applied it is unknown. */
function cutOff({ method, url }: Where, { endMs }: Grace): NetworkError {
  return new NetworkError(
    `${method} ${url}: no response within ${endMs / 1000} s after the run was stopped`,
    'NETWORK_TIMEOUT',
    url,
  );
}

function deadlinePassed({ method, url }: Where): NetworkError {
  return new NetworkError(
    `${method} ${url}: the deadline of this run has passed`,
    'NETWORK_TIMEOUT',
    url,
    'run it again: finished changes are kept',
  );
}

function tooSlow({ method, url }: Where, timeoutMs: number): NetworkError {
  return new NetworkError(
    `${method} ${url}: no complete response within ${timeoutMs / 1000} s`,
    'NETWORK_TIMEOUT',
    url,
    'the server may be overloaded, or a proxy in between may be slow',
  );
}
