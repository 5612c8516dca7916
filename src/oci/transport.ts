import { compact } from '../compact';
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import { NetworkError } from '../errors';
import type { DirectOptions } from '../http/direct';
import { toNetworkError } from '../http/network-error';
import { redactUrl } from '../http/redact';
import { startClock, type Clock, type Limits } from './clock';
import type { Recorder, RequestRecord } from './record';
import type { Sink } from './sink';

/** In capitals, as on the wire. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

/** One request, without retries, redirects and login. */
export interface WireRequest {
  readonly method: Method;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** The same for all requests of a check. */
export interface WireOptions {
  readonly record: Recorder;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a body byte. Default: the dispatcher's. */
  readonly idleTimeoutMs?: number | undefined;
  /** Statuses that the check looks for, such as 429: they are not retried. */
  readonly expected?: readonly number[] | undefined;
}

/** Without the body, which the sink gets. */
export interface WireResponse {
  readonly status: number;
  /** Names in lower case, as parsed. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of the body, as received. */
  readonly bytes: number;
  /** Sent as `X-Request-ID`. */
  readonly requestId: string;
  readonly durationMs: number;
  /** The body ended early: reset, truncated, idle for too long, or refused by the sink. */
  readonly broken?: NetworkError;
}

/** The first value. `name` in lower case. */
export function header(response: Pick<WireResponse, 'headers'>, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * Sends one request and streams its body into `sink`. Every request is recorded, whatever its result.
 * @throws NetworkError if no response headers arrived; an incomplete body is `broken`, because a registry that stops in
 * the middle of a layer has responded, but wrongly.
 */
export async function send(
  dispatcher: Dispatcher,
  request: WireRequest,
  sink: Sink,
  options: WireOptions,
  limits: Limits,
): Promise<WireResponse> {
  // Not `randomBytes`: that asks the kernel each time.
  const id = `bw-${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const shownUrl = redactUrl(request.url);
  const startedAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  const flight = await fly(dispatcher, withId(request, id), sink, options, limits);
  const error =
    flight.failure === undefined ? undefined : toNetworkError(flight.failure, request.method, request.url.href);
  options.record(toRecord(request, id, shownUrl, elapsed(), flight, sink, error));
  if (flight.status === undefined)
    throw error ?? new NetworkError(`${request.method} ${shownUrl}: no response`, 'NETWORK_OTHER', shownUrl);
  const { status, headers, bytes } = flight;
  return compact({ status, headers, bytes, requestId: id, durationMs: elapsed(), broken: error });
}

function withId(request: WireRequest, id: string): WireRequest {
  return { ...request, headers: { 'x-request-id': id, 'user-agent': 'breakwater-conformance', ...request.headers } };
}

interface Flight {
  status?: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  bytes: number;
  firstByteMs?: number;
  failure?: unknown;
}

/** One dispatch as a promise that never rejects: the error and the progress belong together. */
function fly(
  dispatcher: Dispatcher,
  request: WireRequest,
  sink: Sink,
  options: WireOptions,
  limits: Limits,
): Promise<Flight> {
  return new Promise((resolve) => {
    const flight: Flight = { headers: {}, bytes: 0 };
    const startedAt = performance.now();
    let controller: Dispatcher.DispatchController | undefined;
    const clock = startClock(request, limits, (error) => {
      controller?.abort(error);
      finish(error);
    });
    const finish = (failure?: unknown): void => {
      clock.stop();
      options.signal?.removeEventListener('abort', onAbort);
      if (failure !== undefined && flight.failure === undefined) flight.failure = failure;
      resolve(flight);
    };
    const onAbort = (): void => {
      const reason = abortReason(options.signal);
      controller?.abort(reason);
      finish(reason);
    };
    if (options.signal?.aborted) return finish(abortReason(options.signal));
    // Every running request listens to the signal of the run: many listeners are not a leak.
    if (options.signal) setMaxListeners(0, options.signal);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: (started) => {
        controller = started;
        clock.begin();
        if (options.signal?.aborted) started.abort(abortReason(options.signal));
      },
      onResponseStart: (_controller, status, headers) => {
        flight.status = status;
        flight.headers = headers;
        flight.firstByteMs = Math.round(performance.now() - startedAt);
        clock.received(0);
      },
      onResponseData: (current, chunk) => feed(current, chunk, { flight, sink, clock }),
      onResponseEnd: () => finish(),
      onResponseError: (_controller, error) => finish(error),
    };
    dispatchSafely(dispatcher, request, { ...options, isPassing: sink.isPassing }, handler, finish);
  });
}

/**
 * While the reader is busy the connection is paused, and the clock too: waiting for ourselves is not silence of
 * the server.
 */
function feed(
  current: Dispatcher.DispatchController,
  chunk: Buffer,
  { flight, sink, clock }: { readonly flight: Flight; readonly sink: Sink; readonly clock: Clock },
): void {
  // undici's parser passes on nothing if it resumes exactly at the end: pausing there would hang forever.
  if (chunk.length === 0) return;
  flight.bytes += chunk.length;
  try {
    const busy = sink.write(chunk);
    clock.received(chunk.length);
    if (!busy) return;
    current.pause();
    clock.pause();
    busy.then(
      () => {
        clock.received(0);
        current.resume();
      },
      (error: unknown) => current.abort(error as Error),
    );
  } catch (error) {
    current.abort(error as Error);
  }
}

function dispatchSafely(
  dispatcher: Dispatcher,
  { method, url, headers, body }: WireRequest,
  { idleTimeoutMs, isPassing }: WireOptions & Pick<DirectOptions, 'isPassing'>,
  handler: Dispatcher.DispatchHandler,
  fail: (error: unknown) => void,
): void {
  try {
    dispatcher.dispatch(
      compact<DirectOptions>({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers: headers ?? {},
        // undici closes the connection after HEAD, in case a body follows: this costs a TLS handshake for each. A body that
        // follows belongs to no request and closes the connection, too.
        reset: method === 'HEAD' ? false : undefined,
        body,
        bodyTimeout: idleTimeoutMs,
        isPassing,
      }),
      handler,
    );
  } catch (error) {
    // undici throws synchronously for invalid requests, such as a header with a line break.
    fail(error);
  }
}

/** An abort reason can be any value, and a timeout's is a DOMException. */
function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  if (reason instanceof Error) return reason;
  const message = (reason as { message?: unknown } | undefined)?.message;
  return new Error(typeof message === 'string' ? message : 'the run was stopped', { cause: reason });
}

/** The digest only if something arrived: the one of nothing would look like content. */
function toRecord(
  { method }: WireRequest,
  id: string,
  url: string,
  durationMs: number,
  flight: Flight,
  sink: Sink,
  error: NetworkError | undefined,
): RequestRecord {
  const digest = flight.bytes > 0 ? sink.digest?.() : undefined;
  return compact({
    id,
    method,
    url,
    durationMs,
    bytes: flight.bytes,
    status: flight.status,
    firstByteMs: flight.firstByteMs,
    digest,
    error: error?.message,
    errorCode: error?.code,
  });
}
