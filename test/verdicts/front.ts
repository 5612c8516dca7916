import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Answers in the place of what stands behind; false hands the request on. */
export type Intercept = (incoming: IncomingMessage, response: ServerResponse) => boolean;
/** Changes what comes back. */
export type Rewrite = (
  incoming: IncomingMessage,
  answer: { status: number; headers: IncomingHttpHeaders; body: Buffer },
) => void;

/** What stands behind a front: in this process, or anywhere. */
export type Behind = string | { readonly url: string; readonly server: Server | undefined };

const FIRST_PORT = 20_000;
const PORTS = 10_000;
let nextPort = (process.pid * 97) % PORTS;

/**
 * On a port that no system hands out by itself (Linux: from 32768, others: from 49152). A front that was closed refuses
 * connections then; a port of the system may belong to another world a moment later.
 */
async function listen(server: Server): Promise<void> {
  for (;;) {
    const port = FIRST_PORT + (nextPort++ % PORTS);
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('error', resolve).listen(port, '127.0.0.1', () => resolve(undefined));
    });
    server.removeAllListeners('error');
    if (!error) return;
    if (error.code !== 'EADDRINUSE') throw error;
  }
}

/** A reverse proxy as it stands in front of Harbor, or between Harbor and an upstream, that can be told to be wrong. */
export class Front {
  target: Behind = '';
  path: (url: string) => string = (url) => url;
  intercept: Intercept = () => false;
  rewrite: Rewrite | undefined;

  private constructor(
    readonly server: Server,
    private readonly scheme: string,
  ) {}

  static async start(tls?: { readonly cert: string; readonly key: string }): Promise<Front> {
    const handle = (incoming: IncomingMessage, response: ServerResponse): void => front.pass(incoming, response);
    const server = tls ? (createTlsServer(tls, handle) as unknown as Server) : createServer(handle);
    const front: Front = new Front(server, tls ? 'https' : 'http');
    await listen(server);
    return front;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(incoming: IncomingMessage, response: ServerResponse): void {
    if (this.intercept(incoming, response)) return;
    incoming.url = this.path(incoming.url ?? '/');
    const { target } = this;
    const behind = typeof target === 'string' ? undefined : target.server;
    // In the same process nothing is gained by a second connection, and half of a case's time was spent on it.
    if (behind?.listening === true && !this.rewrite) behind.emit('request', incoming, response);
    else this.passOn(incoming, response, typeof target === 'string' ? target : target.url);
  }

  private passOn(incoming: IncomingMessage, response: ServerResponse, target: string): void {
    const { hostname, port } = new URL(target);
    const options = {
      hostname,
      port,
      path: incoming.url,
      method: incoming.method,
      headers: incoming.headers,
    };
    const onward = request(options, (answer) => {
      if (!this.rewrite) {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        // What is cut behind it is cut before it.
        answer.once('close', () => void (answer.complete || response.destroy()));
        return;
      }
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const changed = {
          status: answer.statusCode ?? 502,
          headers: { ...answer.headers },
          body: Buffer.concat(chunks),
        };
        this.rewrite?.(incoming, changed);
        response.writeHead(changed.status, changed.headers);
        response.end(changed.body);
      });
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  }
}
