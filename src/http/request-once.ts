import { compact } from '../compact';
import type { Dispatcher } from 'undici';
import { readBounded } from './body';
import { toNetworkError } from './network-error';

/** Everything that is sent. `headers` has the login, if there is one. */
export interface PlainHttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /**
   * Only so much of the body is read, and only for two seconds. The status is what counts: a body that breaks or does not
   * end is no error.
   */
  readonly beginningBytes?: number;
}

/** Any status is an answer, also an error or a redirect. */
export interface PlainHttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const TOTAL_MS = 60_000;
const BEGINNING_MS = 2_000;

/**
 * Exactly one request: no redirect, no cookie, no retry.
 * @throws NetworkError, also if it takes longer than `totalMs` (default 60 s) or the body has more than `limitBytes`
 */
export async function requestOnce(
  dispatcher: Dispatcher,
  { method, url, headers, body, signal: outer, beginningBytes }: PlainHttpRequest,
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
    const { statusCode: status, headers: received } = answer;
    if (beginningBytes !== undefined)
      return { status, headers: received, body: await beginningOf(answer.body, beginningBytes) };
    return { status, headers: received, body: await readBounded(answer.body, limitBytes, url.href) };
  } catch (cause) {
    throw toNetworkError(cause, method, url.href);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', stop);
  }
}

async function beginningOf(body: Dispatcher.ResponseData['body'], mostBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  body.on('error', () => undefined);
  const timer = setTimeout(() => body.destroy(), BEGINNING_MS);
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= mostBytes) break;
    }
  } catch {
    // What came before counts.
  } finally {
    clearTimeout(timer);
    body.destroy();
  }
  return Buffer.concat(chunks).subarray(0, mostBytes);
}
