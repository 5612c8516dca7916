import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Script = (request: SeenRequest, response: ServerResponse) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Method and path of everything seen, in order. */
  calls(): string[];
  close(): Promise<void>;
}

/** A real server on a loopback port that answers what a test says and remembers what it was asked. */
export async function startServer(script: Script, tls?: { cert: string; key: string }): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://server');
      const request = {
        method: incoming.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(request);
      script(request, response);
    });
  };
  const server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    seen,
    calls: () => seen.map(({ method, path }) => `${method} ${path}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

/** Harbor's form of an error. */
export function sendHarborError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  sendJson(response, { errors: [{ code, message }] }, status, headers);
}

export function sendHtml(response: ServerResponse, title: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'text/html' });
  response.end(`<!doctype html><html><head><title>${title}</title></head><body>…</body></html>`);
}

/** Answers the n-th request by the n-th script; the last one goes on answering. */
export function inTurn(...scripts: Script[]): Script {
  let turn = 0;
  return (request, response) => scripts[Math.min(turn++, scripts.length - 1)]!(request, response);
}
