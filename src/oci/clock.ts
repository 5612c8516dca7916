import { NetworkError } from '../errors';
import { redactUrl } from '../http/redact';

/** Time limits for one response. */
export interface Limits {
  /** From the request to the last byte. Infinity for bodies of any size. */
  readonly totalMs: number;
  /** Minimum number of body bytes in each window, while it is read. */
  readonly windowMs: number;
  readonly windowBytes: number;
}

/** Manifests, tokens and other small responses. */
export const WHOLE: Limits = { totalMs: 60_000, windowMs: 60_000, windowBytes: 0 };
/** Layers: a slow connection is not cut off, but a byte now and then is not enough. */
export const STREAMED: Limits = { totalMs: Infinity, windowMs: 60_000, windowBytes: 16 * 1024 };

/** Watches one response. The time that the reader needs does not count. */
export interface Clock {
  /** The request was sent: waiting for a connection does not count. */
  begin(): void;
  /** Headers, or this many bytes of the body, arrived; also ends a pause. */
  received(bytes: number): void;
  pause(): void;
  stop(): void;
}

/**
 * Only one of the limits is used at a time: small responses have a total, layers a minimum for each window.
 *
 *     begin ──► received(0) ──► window ──► window ──► stop
 *                                 │
 *               pause: the reader is slow, the window does not count
 *               received: it begins again from zero bytes
 */
export function startClock(
  { method, url }: { readonly method: string; readonly url: URL },
  { totalMs, windowMs, windowBytes }: Limits,
  expire: (error: NetworkError) => void,
): Clock {
  const slow = (what: string): NetworkError => {
    const shown = redactUrl(url);
    const hint = 'the registry may be overloaded, or a proxy in between may be slow';
    return new NetworkError(`${method} ${shown}: ${what}`, 'NETWORK_TIMEOUT', shown, hint);
  };
  let total: NodeJS.Timeout | undefined;
  let window: NodeJS.Timeout | undefined;
  let bytes = 0;
  const check = (): void => {
    if (bytes < windowBytes) {
      expire(slow(`fewer than ${windowBytes / 1024} KiB of the response arrived in ${windowMs / 1000} s`));
    } else startWindow();
  };
  const startWindow = (): void => {
    bytes = 0;
    window = setTimeout(check, windowMs);
  };
  const pause = (): void => {
    clearTimeout(window);
    window = undefined;
  };
  return {
    begin() {
      if (!Number.isFinite(totalMs)) return;
      total = setTimeout(() => expire(slow(`no complete response within ${totalMs / 1000} s`)), totalMs);
    },
    received(count) {
      bytes += count;
      if (windowBytes > 0 && window === undefined) startWindow();
    },
    pause,
    stop() {
      clearTimeout(total);
      pause();
    },
  };
}
