import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { NEWEST_HABITS, type UpstreamHabits } from './upstream-habits';

/** How an upstream is reached, as Harbor stores it in a registry. */
export interface UpstreamRegistry {
  readonly type: string;
  readonly url: string;
  readonly insecure?: boolean;
  readonly credential?: { readonly access_key?: string; readonly access_secret?: string };
  /** PEM. Takes precedence: with it, `insecure` is ignored. */
  readonly ca_certificate?: string;
  /** Behavior of the simulated Harbor version; default: the newest one. */
  readonly habits?: UpstreamHabits;
  /** Aborts requests that are under way. */
  readonly signal?: AbortSignal;
}

/**
 * By status, because Harbor decides by it. For a manifest, 404 and 429 are passed on and everything else falls
 * back to the cache; a blob has no fallback.
 */
export type UpstreamErrorKind = 'unauthorized' | 'forbidden' | 'not-found' | 'rate-limited' | 'other';

/** The upstream refused the request or could not be reached. Harbor relays this message to its client. */
export class UpstreamError extends Error {
  constructor(
    readonly kind: UpstreamErrorKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'UpstreamError';
  }
}

/** A body that is a stream is sent as it comes, without being held in memory. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer | Readable;
  /** Default: true. */
  readonly followRedirects?: boolean;
}

/** Harbor's client gives up after half an hour (docs/harbor-behavior.md 10.9). */
const TIMEOUT_MS = 30 * 60 * 1000;
const MAX_REDIRECTS = 10;
const MAX_TEXT_BYTES = 4 << 20;

/** Sends one request and follows redirects; a credential is never sent to another host. Rejects with UpstreamError. */
export async function send(registry: UpstreamRegistry, request: UpstreamRequest): Promise<IncomingMessage> {
  let current = request;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await sendOnce(registry, current);
    const { location } = response.headers;
    if (!['GET', 'HEAD'].includes(request.method) || request.followRedirects === false) return response;
    if (!isRedirect(response.statusCode) || location === undefined) return response;
    response.resume();
    current = follow(current, location);
  }
  throw new UpstreamError('other', `stopped after ${MAX_REDIRECTS} redirects`);
}

/** Like `send`, but throws for every response that is not a success. */
export async function sendExpectingSuccess(
  registry: UpstreamRegistry,
  request: UpstreamRequest,
): Promise<IncomingMessage> {
  return requireSuccess(await send(registry, request));
}

/** Rejects with UpstreamError for any answer but a success. */
export async function requireSuccess(response: IncomingMessage): Promise<IncomingMessage> {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status <= 299) return response;
  const body = (await readBytes(response)).toString('utf8');
  throw new UpstreamError(kindOf(status), `http status code: ${status}, body: ${body}`);
}

/** The whole body, for manifests, tokens and errors. Rejects with UpstreamError when it is cut short or too large. */
export async function readBytes(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_TEXT_BYTES) throw new Error(`the upstream's answer is larger than ${MAX_TEXT_BYTES} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw toUpstreamError(cause);
  }
  return Buffer.concat(chunks);
}

/** The body as JSON. Rejects with UpstreamError when it is not JSON. */
export async function readJson(response: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(response);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (cause) {
    throw toUpstreamError(cause);
  }
}

/**
 * Kept open between requests: connecting again would cost more than the request itself. Idle ones do not delay the
 * exit.
 */
const AGENTS = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

/** An upstream that restarted has closed the kept connections: the request was never read, so it is sent again. */
async function sendOnce(registry: UpstreamRegistry, request: UpstreamRequest): Promise<IncomingMessage> {
  try {
    return await sendBy(true, registry, request);
  } catch (error) {
    if (!(error instanceof StaleConnectionError)) throw error;
    return sendBy(false, registry, request);
  }
}

class StaleConnectionError extends Error {}

/**
 * @param kept reuse a connection; one that the upstream has closed meanwhile is a `StaleConnectionError`, not
 * an outage
 */
function sendBy(
  kept: boolean,
  registry: UpstreamRegistry,
  { method, url, headers, body }: UpstreamRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const isTls = url.protocol === 'https:';
    const options = {
      method,
      headers: {
        'user-agent': (registry.habits ?? NEWEST_HABITS).userAgent,
        'accept-encoding': 'identity',
        ...headers,
      },
      agent: kept && (isTls ? AGENTS.https : AGENTS.http),
      timeout: TIMEOUT_MS,
      ...(registry.signal ? { signal: registry.signal } : {}),
    };
    const request = isTls
      ? httpsRequest(url, { ...options, ...tlsOptions(registry) }, resolve)
      : httpRequest(url, options, resolve);
    request.on('timeout', () => request.destroy(new Error('the upstream did not answer in time')));
    request.on('error', (cause: NodeJS.ErrnoException) => {
      const isStale = kept && request.reusedSocket && GONE.includes(cause.code ?? '');
      reject(isStale ? new StaleConnectionError() : toUpstreamError(cause));
    });
    if (body instanceof Readable) body.on('error', (cause) => request.destroy(cause)).pipe(request);
    else request.end(body);
  });
}

const GONE = ['ECONNRESET', 'EPIPE'];

/** A CA of the registry is added to those of Node and does not replace them. */
function tlsOptions({ ca_certificate, insecure }: UpstreamRegistry): object {
  if (ca_certificate) return { ca: [...rootCertificates, ca_certificate] };
  return { rejectUnauthorized: insecure !== true };
}

/** A redirect to another host or protocol gets no Authorization. */
function follow(request: UpstreamRequest, location: string): UpstreamRequest {
  const url = new URL(location, request.url);
  if (url.host === request.url.host && url.protocol === request.url.protocol) return { ...request, url };
  const { authorization: _dropped, ...headers } = request.headers ?? {};
  return { ...request, url, headers };
}

function isRedirect(status = 0): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** Only what Harbor's proxy distinguishes. */
function kindOf(status: number): UpstreamErrorKind {
  const kinds: Record<number, UpstreamErrorKind> = {
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not-found',
    429: 'rate-limited',
  };
  return kinds[status] ?? 'other';
}

function toUpstreamError(cause: unknown): UpstreamError {
  if (cause instanceof UpstreamError) return cause;
  return new UpstreamError('other', cause instanceof Error ? cause.message : String(cause), { cause });
}
