import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RequestRecord, WireOptions } from '../../../src/oci';

export interface RegistryDouble {
  readonly url: string;
  /** `METHOD /path authorization`, in the order of arrival. */
  readonly seen: string[];
  close(): Promise<void>;
}

/** A server that answers as the test says and remembers what it was asked. */
export async function startDouble(answer: RequestListener): Promise<RegistryDouble> {
  const seen: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export function recording(signal?: AbortSignal): { wire: WireOptions; records: RequestRecord[] } {
  const records: RequestRecord[] = [];
  return { wire: { record: (record) => void records.push(record), signal }, records };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
