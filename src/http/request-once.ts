import type { Dispatcher } from 'undici';
import { readBounded } from './body';
import { toNetworkError } from './network-error';
import { timeBound } from './time-bound';

export interface PlainHttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface PlainHttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const TOTAL_MS = 60_000;

/**
 * Exactly one request: no redirect, no cookie, no second try.
 * @throws NetworkError, also where it takes longer than `totalMs` (default 60 s) or where more than `limitBytes` of body come
 */
export async function requestOnce(
  dispatcher: Dispatcher,
  { method, url, headers, body, signal: outer }: PlainHttpRequest,
  limitBytes: number,
  totalMs = TOTAL_MS,
): Promise<PlainHttpAnswer> {
  const { signal, release } = timeBound(totalMs, outer);
  try {
    const answer = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
      signal,
    });
    const bytes = await readBounded(answer.body, limitBytes, url.href);
    return { status: answer.statusCode, headers: answer.headers, body: bytes };
  } catch (cause) {
    throw toNetworkError(cause, method, url.href);
  } finally {
    release();
  }
}
