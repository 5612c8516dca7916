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

/**
 * Exactly one request: no redirect, no cookie, no second try.
 * @throws NetworkError, also where more than `limitBytes` of body come
 */
export async function requestOnce(
  dispatcher: Dispatcher,
  { method, url, headers, body, signal }: PlainHttpRequest,
  limitBytes: number,
): Promise<PlainHttpAnswer> {
  try {
    const answer = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    });
    const bytes = await readBounded(answer.body, limitBytes, url.href);
    return { status: answer.statusCode, headers: answer.headers, body: bytes };
  } catch (cause) {
    throw toNetworkError(cause, method, url.href);
  }
}
