import { NetworkError } from '../errors';
import { redactUrl } from '../http/redact';

/** How slow one answer may be. */
export interface Limits {
  /** From the request to the last byte. Infinity for what may be of any size. */
  readonly totalMs: number;
  /** At least so many bytes of the body in each window, while we read it. */
  readonly windowMs: number;
  readonly windowBytes: number;
}

/** Manifests, tokens and other small answers. */
export const WHOLE: Limits = { totalMs: 60_000, windowMs: 60_000, windowBytes: 0 };
/** Layers: an honest slow line is not cut off, and a byte now and then is no line. */
export const STREAMED: Limits = { totalMs: Infinity, windowMs: 60_000, windowBytes: 16 * 1024 };

/** Watches one answer. The time that we take to read it does not count. */
export interface Clock {
  /** The request is on its way: waiting for a connection did not count. */
  begin(): void;
  /** Headers, or so many bytes of the body, have come; also ends a pause. */
  received(bytes: number): void;
  pause(): void;
  stop(): void;
}

export function startClock(
  { method, url }: { readonly method: string; readonly url: URL },
  { totalMs, windowMs, windowBytes }: Limits,
  expire: (error: NetworkError) => void,
): Clock {
  const shown = redactUrl(url);
  const slow = (what: string): NetworkError =>
    new NetworkError(
      `${method} ${shown}: ${what}`,
      'NETWORK_TIMEOUT',
      shown,
      'the registry may be overloaded, or a proxy in between may be slow',
    );
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
