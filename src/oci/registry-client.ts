import { compact } from '../compact';
import type { Dispatcher } from 'undici';
import type { NetworkError } from '../errors';
import { createDispatcher, endConnections } from '../http/dispatcher';
import { redactUrl } from '../http/redact';
import type { Challenge } from './challenge';
import type { Credential } from './credential';
import { isDigest } from './digest';
import type { ManifestAnswer } from './manifest';
import { ACCEPT_MANIFEST, bareMediaType } from './media-type';
import { isManifestReference } from './reference';
import { followRedirect, isRedirect, tooManyRedirects } from './redirect';
import { DEFAULT_RETRY, type RetryPolicy, withRetry } from './retry';
import { bufferSink, type BufferSink, hashSink, type HashingSink, type Sink, teeSink } from './sink';
import { STREAMED, WHOLE, type Limits } from './clock';
import { askForToken, type Ask, type TokenAnswer, TokenSource } from './token';
import { header, type Method, send, type WireOptions, type WireRequest, type WireResponse } from './transport';

export interface RegistryClientOptions {
  /** Scheme, host and port; a path is ignored. */
  readonly url: string;
  /** PEM of private CAs. */
  readonly ca?: string | undefined;
  readonly credential?: Credential | undefined;
  /** Other origins that may get the credential for a token, such as `https://auth.docker.io`. Default: none. */
  readonly realms?: readonly string[] | undefined;
  /** The first request already has a token of this credential, so an anonymous response cannot replace it. */
  readonly tokenFirst?: boolean;
  readonly retry?: RetryPolicy;
  /** Milliseconds until response headers. A cold pull waits for the upstream first. Default 60,000. */
  readonly headersTimeoutMs?: number;
  /** Milliseconds without a body byte. Default 60,000. */
  readonly idleTimeoutMs?: number;
  /** Limits for manifests, tokens and other small responses. Default: 60 s in total. */
  readonly whole?: Limits;
  /** Limits for layers. Default: 16 KiB per minute. */
  readonly streamed?: Limits;
}

/** Sent as it is: nothing is encoded. */
export interface PlainRequest {
  readonly method: Method;
  /** Path and query on the wire. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface PlainAnswer extends WireResponse {
  readonly body: Buffer;
}

export interface BlobAnswer {
  readonly status: number;
  readonly requestId: string;
  readonly contentType: string;
  readonly contentEncoding?: string;
  /** SHA-256 of exactly the received bytes. */
  readonly digest: string;
  readonly bytes: number;
  readonly durationMs: number;
  /** Redirects that were followed. */
  readonly redirects: number;
  /** Only if the bytes were requested. */
  readonly body?: Buffer;
  readonly broken?: NetworkError;
}

export interface BlobOptions {
  /** One more byte ends the transfer: usually the size in the descriptor. */
  readonly limitBytes: number;
  /** Keep the bytes, for small ones such as a config. */
  readonly keep?: boolean;
  /** Reads the bytes in addition to hashing, at its own pace; created again for every attempt. */
  readonly reader?: () => Pick<Sink, 'write'>;
}

/** The maximum that containerd and oras accept; a registry that sends more is useless for them. */
export const MAX_MANIFEST_BYTES = 4 << 20;
const MAX_MANIFEST_REDIRECTS = 5;
const MAX_BLOB_REDIRECTS = 10;
const SLOW_MS = 60_000;

/**
 * One registry with one identity. Clients created by `as` share its connections.
 * What each method adds to a request:
 *
 *                    token   redirects   retries
 *     plain          no      no          no
 *     authorized     yes     no          no
 *     followed       yes     10          GET, HEAD
 *     manifest       yes     5           GET, HEAD
 *     blob           yes     10          GET; hashed as it arrives
 */
export class RegistryClient {
  readonly url: URL;
  private readonly tokens: TokenSource;

  private constructor(
    private readonly options: RegistryClientOptions,
    private readonly dispatcher: Dispatcher,
  ) {
    this.url = new URL(new URL(options.url).origin);
    this.tokens = new TokenSource(this.url, options.credential, options.realms, options.tokenFirst);
  }

  static open(options: RegistryClientOptions): RegistryClient {
    const dispatcher = createDispatcher(
      compact({
        isDirect: true,
        ca: options.ca,
        headersTimeoutMs: options.headersTimeoutMs ?? SLOW_MS,
        bodyTimeoutMs: options.idleTimeoutMs ?? SLOW_MS,
      }),
    );
    return new RegistryClient(options, dispatcher);
  }

  /** The same registry with another credential, or anonymously. */
  as(credential: Credential | undefined): RegistryClient {
    return new RegistryClient({ ...this.options, credential }, this.dispatcher);
  }

  /** Like `as`, and every request has a token of this credential: responses depend on it. */
  onlyAs(credential: Credential): RegistryClient {
    return new RegistryClient({ ...this.options, credential, tokenFirst: true }, this.dispatcher);
  }

  /** Ends all connections, also those in use. */
  async close(): Promise<void> {
    await endConnections(this.dispatcher);
  }

  /** Exactly one request: no token, no redirect, no retry. For checks of the response itself. */
  async plain({ method, path, headers, body }: PlainRequest, wire: WireOptions): Promise<PlainAnswer> {
    const url = new URL(this.url.origin + path);
    const sink = bufferSink(MAX_MANIFEST_BYTES, redactUrl(url));
    const request = compact<WireRequest>({ method, url, headers, body });
    const response = await send(this.dispatcher, request, withoutDigest(sink), wire, this.whole());
    return { ...response, body: sink.body() };
  }

  /**
   * Like `plain`, with a token that may pull from `name`: for checks of the response itself. Requests a token first if
   * there is none; nothing is repeated or redirected.
   */
  async authorized(request: PlainRequest, name: string, wire: WireOptions): Promise<PlainAnswer> {
    return this.tokens.authorized(`repository:${name}:pull`, this.ask(wire), (authorization) =>
      this.plain({ ...request, headers: { ...request.headers, ...(authorization && { authorization }) } }, wire),
    );
  }

  /**
   * Like `authorized`, but follows a redirect to the bytes: storage such as S3 gets GET and HEAD of every blob and
   * responds itself. Reads at most the size of a manifest.
   */
  async followed({ method, path, headers }: PlainRequest, name: string, wire: WireOptions): Promise<PlainAnswer> {
    const url = new URL(this.url.origin + path);
    const makeSink = (): BufferSink => bufferSink(MAX_MANIFEST_BYTES, redactUrl(url));
    const request = compact<WireRequest>({ method, url, headers });
    const { response, sink } = await this.pull(request, name, MAX_BLOB_REDIRECTS, wire, makeSink);
    return { ...response, body: sink.body() };
  }

  /** One token request as this identity, for checks. Without a scope an invalid credential is refused. */
  token(challenge: Challenge | undefined, scope: string | undefined, wire: WireOptions): Promise<TokenAnswer> {
    const { credential, realms } = this.options;
    return askForToken(this.url, challenge, compact({ scope, credential, realms }), this.ask(wire));
  }

  /**
   * @param name repository including its project
   * @param reference tag or digest
   * @throws TypeError for other references
   */
  async manifest(method: 'GET' | 'HEAD', name: string, reference: string, wire: WireOptions): Promise<ManifestAnswer> {
    if (!isManifestReference(reference)) throw new TypeError(`not a tag or digest: ${reference.slice(0, 100)}`);
    const request = this.read(method, `/v2/${name}/manifests/${reference}`, { accept: ACCEPT_MANIFEST });
    const { response, sink } = await this.pull(request, name, MAX_MANIFEST_REDIRECTS, wire, () =>
      bufferSink(MAX_MANIFEST_BYTES, redactUrl(request.url)),
    );
    const headerDigest = header(response, 'docker-content-digest');
    const contentLength = Number(header(response, 'content-length'));
    return compact({
      status: response.status,
      requestId: response.requestId,
      contentType: bareMediaType(header(response, 'content-type')),
      headerDigest: headerDigest || undefined,
      contentLength: Number.isSafeInteger(contentLength) ? contentLength : undefined,
      contentEncoding: header(response, 'content-encoding') || undefined,
      body: sink.body(),
      digest: method === 'GET' ? sink.digest() : undefined,
      broken: response.broken,
    });
  }

  /**
   * Reads a whole blob and hashes it; memory does not grow with its size.
   * @throws TypeError for an invalid digest, because it is untrusted and becomes part of a URL.
   */
  async blob(name: string, digest: string, options: BlobOptions, wire: WireOptions): Promise<BlobAnswer> {
    if (!isDigest(digest)) throw new TypeError(`not a digest: ${digest.slice(0, 100)}`);
    const request = this.read('GET', `/v2/${name}/blobs/${digest}`, { accept: '*/*' });
    const makeSink = (): BlobSink => {
      const { keep = false, limitBytes, reader } = options;
      const sink = (keep ? bufferSink : hashSink)(limitBytes, redactUrl(request.url));
      return reader ? teeSink(sink, reader()) : sink;
    };
    const limits = this.options.streamed ?? STREAMED;
    const { response, sink, redirects } = await this.pull(request, name, MAX_BLOB_REDIRECTS, wire, makeSink, limits);
    const contentEncoding = header(response, 'content-encoding');
    return compact({
      status: response.status,
      requestId: response.requestId,
      contentType: bareMediaType(header(response, 'content-type')),
      contentEncoding: contentEncoding || undefined,
      digest: sink.digest(),
      bytes: sink.bytes,
      durationMs: response.durationMs,
      redirects,
      body: 'body' in sink ? sink.body() : undefined,
      broken: response.broken,
    });
  }

  private read(method: 'GET' | 'HEAD', path: string, headers: Record<string, string>): WireRequest {
    return { method, url: new URL(this.url.origin + path), headers };
  }

  private async pull<S extends Sink>(
    request: WireRequest,
    name: string,
    maxRedirects: number,
    wire: WireOptions,
    makeSink: () => S,
    limits = this.whole(),
  ): Promise<{ response: WireResponse; sink: S; redirects: number }> {
    let sink = makeSink();
    let redirects = 0;
    const response = await this.tokens.authorized(`repository:${name}:pull`, this.ask(wire), async (authorization) => {
      redirects = 0;
      let hop: WireRequest = authorization ? { ...request, headers: { ...request.headers, authorization } } : request;
      for (;;) {
        const answer = await this.sendRetrying(hop, wire, () => (sink = makeSink()), limits);
        if (!isRedirect(answer)) return answer;
        if (++redirects > maxRedirects) throw tooManyRedirects(request, maxRedirects);
        hop = followRedirect(hop, answer);
      }
    });
    return { response, sink, redirects };
  }

  private ask(wire: WireOptions): Ask {
    return async (request) => {
      const make = (): ReturnType<typeof bufferSink> => bufferSink(MAX_MANIFEST_BYTES, redactUrl(request.url));
      let sink = make();
      const response = await this.sendRetrying(request, wire, () => withoutDigest((sink = make())));
      return { response, body: sink.body() };
    };
  }

  /** Every attempt starts with a new sink, so that bytes of a failed one are not hashed. */
  private sendRetrying(
    request: WireRequest,
    wire: WireOptions,
    makeSink: () => Sink,
    limits = this.whole(),
  ): Promise<WireResponse> {
    return withRetry(request, this.options.retry ?? DEFAULT_RETRY, wire, (leftMs) => {
      // Bodies of any size have no total time limit.
      const totalMs = Number.isFinite(limits.totalMs) ? Math.min(limits.totalMs, leftMs) : limits.totalMs;
      return send(this.dispatcher, request, makeSink(), wire, { ...limits, totalMs });
    });
  }

  private whole(): Limits {
    return this.options.whole ?? WHOLE;
  }
}

type BlobSink = HashingSink | BufferSink;

/** Token and API responses are recorded without a digest: it has no use, and a token's should not be in a report. */
function withoutDigest(sink: Sink): Sink {
  return { write: (chunk) => sink.write(chunk) };
}
