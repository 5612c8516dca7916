import { compact } from '../compact';
import type { Dispatcher } from 'undici';
import { readBounded } from './body';
import { toNetworkError } from './network-error';

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
 * Exactly one request: no redirect, no cookie, no retry.
 * @throws NetworkError, also if it takes longer than `totalMs` (default 60 s) or the body has more than `limitBytes`
 */
export async function requestOnce(
  dispatcher: Dispatcher,
  { method, url, headers, body, signal: outer }: PlainHttpRequest,
  limitBytes: number,
  totalMs = TOTAL_MS,
): Promise<PlainHttpAnswer> {
  const ended = new AbortController();
  const stop = (): void => ended.abort(new DOMException('the run was stopped', 'AbortError'));
  const expire = (): void =>
    ended.abort(new DOMException(`no complete response in ${totalMs / 1000} s`, 'TimeoutError'));
  const timer = setTimeout(expire, totalMs);
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop, { once: true });
  try {
    const answer = await dispatcher.request(
      compact<Dispatcher.RequestOptions>({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers,
        body,
        signal: ended.signal,
      }),
    );
    const bytes = await readBounded(answer.body, limitBytes, url.href);
    return { status: answer.statusCode, headers: answer.headers, body: bytes };
  } catch (cause) {
    throw toNetworkError(cause, method, url.href);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', stop);
  }
}
