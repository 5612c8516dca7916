import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import type { RecordedRequest } from './recording';
import { substitute, substituteDeep, type Variables } from './variables';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
  /** The connection ended before the answer did. */
  readonly broken: boolean;
}

const TIMEOUT_MS = 60_000;

/** A connection for each of thousands of requests took a fifth of the replay's CPU time. */
const CONNECTIONS = new Agent({ keepAlive: true });

/** Sends one request. The recorder had a connection for each; no recorded response depends on that. */
export function send(base: URL, request: RecordedRequest, as: string | undefined, vars: Variables): Promise<Answer> {
  const headers = substituteDeep(request.headers ?? {}, vars) as Record<string, string>;
  const authorization = credentials(as, vars);
  if (authorization !== undefined) headers['authorization'] = authorization;
  const payload = payloadOf(request.body, vars);
  if (payload) {
    headers['content-type'] ??= 'application/json';
    headers['content-length'] = String(payload.length);
  }
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: base.hostname,
        port: base.port,
        method: request.method,
        path: substitute(request.path, vars),
        headers,
        agent: CONNECTIONS,
        timeout: TIMEOUT_MS,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        const finish = (broken: boolean): void =>
          resolve({ status: incoming.statusCode!, headers: incoming.headers, raw: Buffer.concat(chunks), broken });
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => finish(false));
        incoming.on('error', () => finish(true));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

function payloadOf(body: unknown, vars: Variables): Buffer | undefined {
  if (body === undefined) return undefined;
  const value = substituteDeep(body, vars);
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

function credentials(as: string | undefined, vars: Variables): string | undefined {
  const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;
  if (as === 'admin') return basic(`admin:${vars.get('password')}`);
  if (as?.startsWith('basic:')) return basic(substitute(as.slice('basic:'.length), vars));
  if (as?.startsWith('bearer:')) return `Bearer ${vars.get(as.slice('bearer:'.length))}`;
  return undefined;
}
