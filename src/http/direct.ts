import type { IncomingHttpHeaders } from 'node:http';
import type { OnReadOpts, Socket } from 'node:net';
import type { Agent as UndiciAgent, buildConnector, Client as UndiciClient, Dispatcher } from 'undici';
import { compact } from '../compact';
import { withoutStacks } from '../without-stacks';
import { Client, connector, Pool, Pools } from './undici-parts';

const BUFFER_BYTES = 1 << 20;
/** Of a read that undici parses: it is copied. */
const PARSED_BYTES = 256 << 10;
/** For less, a new connection costs more. */
const LEAST_BYTES = 4 << 20;

export interface DirectOptions extends Dispatcher.DispatchOptions {
  /** The handler uses each chunk only during the call and never pauses: the next read overwrites it. */
  readonly isPassing?: boolean | undefined;
}

/** What the pool passes to the connection that it chooses. */
interface Assigned extends DirectOptions {
  readonly assign?: (connection: Connection) => void;
}

/**
 * A pool that reads large bodies past undici, whose parser copies every byte into the memory of its program: that, and the
 * stream before it, takes as long as reading from the kernel and hashing. undici still reads the head, and the body as
 * long as it has something left to parse. Then each read goes to the handler itself:
 *
 *      socket ──► undici ──► handler      the head, and what arrived with it
 *      socket ─────────────► handler      the rest, if its length is known
 *      socket closed                      undici still waits for the rest
 *
 * A body that ends early is an error of undici, as usual.
 */
export class DirectPools extends Pools {
  private readonly idleTimeoutMs: number;

  constructor(options: UndiciAgent.Options & { readonly bodyTimeout: number }, connect: buildConnector.BuildOptions) {
    const shared: Shared = { connect, sessions: new Map(), buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES) };
    const one = (origin: URL, own: object): Dispatcher => new DirectClient(origin, own, shared);
    super({ ...options, factory: (origin, own) => new Pool(origin, { ...own, factory: one }) });
    this.idleTimeoutMs = options.bodyTimeout;
  }

  override dispatch(options: DirectOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (options.isPassing !== true) return super.dispatch(options, handler);
    const body = new DirectBody(handler, options.bodyTimeout ?? this.idleTimeoutMs);
    const assign = (connection: Connection): void => void (body.connection = connection);
    // undici would not notice that the rest arrives.
    const assigned: Assigned = { ...options, bodyTimeout: 0, assign };
    return super.dispatch(assigned, body);
  }
}

/** One connection at a time. */
class DirectClient extends Client {
  private readonly connection: Connection;

  constructor(origin: URL, options: UndiciClient.Options, shared: Shared) {
    const connection = new Connection(shared);
    super(origin, { ...options, connect: (target, callback) => connection.open(target, callback) });
    this.connection = connection;
  }

  override dispatch(options: Assigned, handler: Dispatcher.DispatchHandler): boolean {
    options.assign?.(this.connection);
    return super.dispatch(options, handler);
  }
}

/** By all connections of a pool. */
interface Shared {
  readonly connect: buildConnector.BuildOptions;
  /** Of TLS, by host: undici remembers them only for one `onread`. */
  readonly sessions: Map<string, Buffer>;
  /** Every read is passed on or copied before the next one: it stays in the cache of the processor. */
  readonly buffer: Buffer;
}

/** Connects like undici, and knows the socket. */
class Connection {
  socket: Socket | undefined;
  /** What the rest of a body goes to. */
  body: DirectBody | undefined;
  private readonly onread: OnReadOpts;

  constructor(private readonly shared: Shared) {
    const { buffer } = shared;
    const parsed = buffer.subarray(0, PARSED_BYTES);
    this.onread = {
      buffer: () => (this.body ? buffer : parsed),
      callback: (length) => this.read(buffer.subarray(0, length)),
    };
  }

  open(target: buildConnector.Options, callback: buildConnector.Callback): void {
    const { host = target.hostname } = target;
    const { connect: options, sessions } = this.shared;
    const session = target.protocol === 'https:' ? sessions.get(host) : undefined;
    const connect = connector(compact({ ...options, onread: this.onread, session }));
    // undici's types do not say that it returns the socket.
    this.socket = connect(target, callback) as unknown as Socket;
    this.socket.on('session', (received: Buffer) => sessions.set(host, received));
  }

  private read(chunk: Buffer): boolean {
    const socket = this.socket!;
    // The stream is empty when undici has parsed everything that came before.
    if (!this.body || socket.readableLength > 0) return socket.push(Buffer.from(chunk));
    this.body.take(chunk);
    return true;
  }
}

/** Between undici and the handler of one request. */
class DirectBody implements Dispatcher.DispatchHandler {
  connection: Connection | undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private leftBytes = 0;
  private isComplete = false;

  constructor(
    private readonly handler: Dispatcher.DispatchHandler,
    private readonly idleTimeoutMs: number,
  ) {}

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.handler.onRequestStart?.(controller, context);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    message?: string,
  ): void {
    this.handler.onResponseStart?.(controller, status, headers, message);
    if (status < 200 || !this.connection) return;
    this.controller = controller;
    this.connection.socket?.setTimeout(this.idleTimeoutMs).on('timeout', this.onIdle);
    this.leftBytes = Number(headers['content-length']);
    if (status === 200 && this.leftBytes >= LEAST_BYTES) this.connection.body = this;
  }

  /** From undici. */
  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.leftBytes -= chunk.length;
    this.handler.onResponseData?.(controller, chunk);
  }

  /** From the socket. */
  take(chunk: Buffer): void {
    const controller = this.controller!;
    const ours = chunk.length > this.leftBytes ? chunk.subarray(0, this.leftBytes) : chunk;
    this.leftBytes -= ours.length;
    this.handler.onResponseData?.(controller, ours);
    if (this.leftBytes > 0 || controller.aborted) return;
    this.isComplete = true;
    this.handler.onResponseEnd?.(controller, {});
    withoutStacks(() => controller.abort(new Error('the body was read completely')));
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.release();
    this.handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.release();
    if (!this.isComplete) this.handler.onResponseError?.(controller, error);
  }

  private readonly onIdle = (): void => {
    const error = Object.assign(new Error('Body Timeout Error'), { code: 'UND_ERR_BODY_TIMEOUT' });
    this.controller?.abort(error);
  };

  /** The connection may serve another request. */
  private release(): void {
    if (!this.connection) return;
    this.connection.body = undefined;
    this.connection.socket?.setTimeout(0).off('timeout', this.onIdle);
    this.connection = undefined;
  }
}
