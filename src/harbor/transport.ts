import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { NetworkError } from '../errors';
import { readBounded } from '../http/body';
import { toNetworkError } from '../http/network-error';
import { redactUrl } from '../http/redact';
import { retried } from '../http/retry';
import { headerOf, parseBody, type Answer } from './answer';
import type { AuthenticatedBy, RequestEvent, Timeouts } from './client-options';
import type { Gate } from './gate';
import type { Grace, Lifetime, Where } from './lifetime';
import type { ListBudget } from './list-budget';
import { refuseRedirect } from './redirect';
import { isRead, isRetryable, RETRY } from './retry';

/** A login in the form of headers. */
export interface Authentication {
  readonly by: AuthenticatedBy;
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that must never be repeated: the secret itself and every form of it in the headers. */
  readonly secrets: readonly string[];
}

/** One request, before it gets its id, its limits and its attempts. */
export interface Outgoing {
  readonly method: string;
  /** Path and query, from the root of the server. */
  readonly target: string;
  readonly authentication: Authentication;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Secrets inside the body. */
  readonly secrets?: readonly string[];
  /** Replaces the gate that all requests share. */
  readonly gate?: Gate;
  /** Default 6. */
  readonly maxTries?: number;
  /** Default: depends on the method. */
  readonly repeatable?: boolean;
  /** It changes something in Harbor: once it was sent, a stopped run waits for its response. */
  readonly changes?: boolean;
  /** See `RequestOptions.begun`. */
  readonly begun?: boolean;
  /** The list that this page belongs to. */
  readonly budget?: ListBudget | undefined;
}

/** The one place where requests leave. It knows no login of its own. */
export interface Transport {
  /**
   * Sends a request, and repeats it if that is safe. Every status is a result;
   * @throws NetworkError if there is no response.
   */
  send(request: Outgoing): Promise<Answer & { readonly tries: number }>;
  readonly calls: number;
}

/** Shared by all requests of a client, except `maxBodyBytes`, which counts for each. */
export interface TransportParts {
  readonly origin: string;
  readonly dispatcher: Dispatcher;
  readonly gate: Gate;
  readonly lifetime: Lifetime;
  readonly timeouts: Required<Timeouts>;
  readonly maxBodyBytes: number;
  readonly random: () => number;
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>;
  readonly onRequest?: (event: RequestEvent) => void;
}

/** A stopped run ends within 2 s if only reads are running, and within 10 s in any case. */
const READ_GRACE_MS = 1_200;
const WRITE_GRACE_MS = 8_000;

function graceOf({ changes = false, begun = false }: Outgoing): Grace {
  const endMs = changes ? WRITE_GRACE_MS : begun ? READ_GRACE_MS : 0;
  return { startMs: begun ? endMs : 0, endMs };
}

/**
 * The layers of one request, from outside to inside:
 *
 *     send                 the clock of its list runs from the first attempt to here
 *       retried            tries, pauses outside of the gate
 *         gate             waits for a place; this time counts nowhere
 *           attempt        limit of the attempt, of the request, of the run; report
 *             exchange     headers, body up to its maximum, redirects refused, JSON parsed
 */
export function createTransport(parts: TransportParts): Transport {
  let calls = 0;

  async function send(request: Outgoing): Promise<Answer & { readonly tries: number }> {
    let leave: (() => void) | undefined;
    const begin = (): void => void (leave ??= request.budget?.enter());
    try {
      return await sendUntilSettled(request, begin);
    } finally {
      leave?.();
    }
  }

  async function sendUntilSettled(request: Outgoing, begin: () => void): Promise<Answer & { readonly tries: number }> {
    const where: Where = { method: request.method, url: redactUrl(parts.origin + request.target) };
    const requestId = randomUUID();
    let endsAt: number | undefined;
    const once = (tries: number): Promise<Answer | NetworkError> =>
      (request.gate ?? parts.gate)(() => {
        calls++;
        begin();
        // Waiting in the queue does not count: a long queue is not a slow server.
        endsAt ??= performance.now() + parts.timeouts.totalMs;
        return attempt(parts, request, { where, requestId, tries, endsAt });
      });
    const { outcome, tries } = await retried(once, {
      policy: { ...RETRY, tries: request.maxTries ?? RETRY.tries },
      judge: (last) => (isRetryable(request, last) ? { retryAfter: retryAfterOf(last) } : undefined),
      leftMs: () =>
        Math.min(endsAt! - performance.now(), parts.lifetime.remainingMs(), request.budget?.leftMs() ?? Infinity),
      pause: (ms) => pause(parts, where, request, ms),
      random: parts.random,
    });
    if (outcome instanceof NetworkError) throw outcome;
    return { ...outcome, tries };
  }

  return {
    send,
    get calls() {
      return calls;
    },
  };
}

/** Not inside the gate: a request that waits must not block others. */
async function pause(parts: TransportParts, where: Where, request: Outgoing, delayMs: number): Promise<boolean> {
  const { startMs } = graceOf(request);
  const wait = (signal: AbortSignal): Promise<void> => parts.sleep(delayMs, signal);
  try {
    await parts.lifetime.limit(where, Infinity, wait, { startMs, endMs: startMs });
    return true;
  } catch (stopped) {
    // The result of the write is in its last response.
    if (request.changes === true) return false;
    throw stopped;
  }
}

function retryAfterOf(outcome: Answer | NetworkError): string | undefined {
  return outcome instanceof NetworkError ? undefined : headerOf(outcome, 'retry-after');
}

interface Attempt {
  readonly where: Where;
  readonly requestId: string;
  readonly tries: number;
  readonly endsAt: number;
}

/** One request, one outcome: a `NetworkError` is returned, because the caller decides whether it is final. */
async function attempt(
  parts: TransportParts,
  request: Outgoing,
  { where, requestId, tries, endsAt }: Attempt,
): Promise<Answer | NetworkError> {
  const { method, url } = where;
  const startedAt = performance.now();
  const listMs = request.budget?.leftMs() ?? Infinity;
  const limitMs = Math.min(parts.timeouts.attemptMs, Math.max(1, Math.min(endsAt - startedAt, listMs)));
  const report = (result: { status: number } | { error: string }): void =>
    parts.onRequest?.({
      requestId,
      method,
      url,
      attempt: tries,
      by: request.authentication.by,
      elapsedMs: performance.now() - startedAt,
      ...result,
    });
  try {
    const work = (signal: AbortSignal): Promise<Answer> => exchange(parts, request, requestId, url, signal);
    const answer = await parts.lifetime.limit(where, limitMs, work, graceOf(request));
    report({ status: answer.status });
    return answer;
  } catch (cause) {
    const isListOver = request.budget?.leftMs() === 0;
    const error = isListOver ? request.budget.timedOut() : toNetworkError(cause, method, url);
    report({ error: error.code });
    return error;
  }
}

/** @param url redacted */
async function exchange(
  parts: TransportParts,
  request: Outgoing,
  requestId: string,
  url: string,
  signal: AbortSignal,
): Promise<Answer> {
  const { method, target, authentication, body } = request;
  const response = await parts.dispatcher.request({
    origin: parts.origin,
    path: target,
    method: method,
    headers: { accept: 'application/json', 'x-request-id': requestId, ...authentication.headers, ...request.headers },
    body: body ?? null,
    signal,
    headersTimeout: isRead(method) ? parts.timeouts.headersMs : parts.timeouts.writeMs,
    bodyTimeout: parts.timeouts.bodyMs,
  });
  const { statusCode: status, headers } = response;
  const take = (bytes: number): void => request.budget?.take(bytes);
  const text = (await readBounded(response.body, parts.maxBodyBytes, parts.origin + target, take)).toString('utf8');
  refuseRedirect(method, parts.origin + target, status, headers['location']);
  return {
    method,
    url,
    requestId,
    by: authentication.by,
    status,
    headers,
    text,
    ...parseBody(text, String(headers['content-type'] ?? '')),
    secrets: [...authentication.secrets, ...(request.secrets ?? [])],
  };
}
