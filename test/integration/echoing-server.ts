import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a server may do to a text before it repeats it. */
export const ENCODINGS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  encodeURIComponent,
  (secret) => encodeURIComponent(secret).replaceAll(/%../g, (escape) => escape.toLowerCase()),
  (secret) => encodeURIComponent(encodeURIComponent(secret)),
  (secret) => secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
  (secret) => secret.replaceAll('&', '&#38;').replaceAll('<', '&#x3c;').replaceAll('"', '&#34;'),
  (secret) => JSON.stringify(secret).slice(1, -1),
  (secret) => JSON.stringify(JSON.stringify(secret)),
  (secret) => Buffer.from(secret).toString('hex'),
  (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  ...['', 'x', 'xy', 'admin:', 'robot$ci:'].flatMap((user) => [
    (secret: string) => Buffer.from(user + secret).toString('base64'),
    (secret: string) => Buffer.from(user + secret).toString('base64url'),
  ]),
];

/** Of each secret in base64: what does not depend on what stands around it. */
function partsOf(encoded: string): string {
  return encoded.length > 16 && /^[\w+/=-]+$/.test(encoded) ? encoded.slice(8, -4) : encoded;
}

/** What no output may contain of these secrets. */
export function tracesOf(secrets: readonly string[]): string[] {
  return secrets.flatMap((secret) => ENCODINGS.map((encode) => partsOf(encode(secret))));
}

export interface EchoingServer {
  readonly url: string;
  /** Every secret that came in, in any way. */
  readonly received: Set<string>;
  /** `quiet` passes on, `fields` repeats secrets in every free text of a good answer, `errors` refuses after the login. */
  mode: 'quiet' | 'fields' | 'errors';
  close(): Promise<void>;
}

const FORGED = '\n::error::forged by the server\u001b[2J\u202e##[error]forged ##vso[forged]\r';

/** Stands before a Harbor and repeats what it received. `known` are secrets that it receives in other requests. */
export async function startEchoingServer(harbor: string, known: readonly string[]): Promise<EchoingServer> {
  const received = new Set<string>(known);
  const echo = (): string =>
    FORGED + [...received].flatMap((secret) => ENCODINGS.map((encode) => encode(secret))).join(' ') + FORGED;
  const server: Server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await text(incoming);
      learn(incoming, body, received);
      const answer = await passOn(harbor, incoming, body);
      const isApi = incoming.url!.startsWith('/api/') && !/systeminfo|users\/current/.test(incoming.url!);
      const refuses = self.mode === 'errors' && (isApi ? incoming.method !== 'GET' : /\/blobs\//.test(incoming.url!));
      if (refuses) {
        const refusal = { code: `DENIED ${echo()}`, message: echo(), detail: echo() };
        outgoing.writeHead(incoming.method === 'PUT' ? 500 : 400, headersOf(answer, echo()));
        outgoing.end(JSON.stringify({ errors: [refusal] }));
        return;
      }
      const changed = self.mode === 'fields' && isApi ? withEcho(answer.body, echo) : answer.body;
      outgoing.writeHead(answer.status, self.mode === 'quiet' ? answer.headers : headersOf(answer, echo()));
      outgoing.end(changed);
    })().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self: EchoingServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    mode: 'quiet',
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}

function learn({ headers }: IncomingMessage, body: string, received: Set<string>): void {
  const [, encoded = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
  const password = Buffer.from(encoded, 'base64').toString('utf8').split(':').slice(1).join(':');
  if (password !== '') received.add(password);
  const form = new URLSearchParams(body).get('password');
  if (form) received.add(form);
  for (const [, value = ''] of body.matchAll(/"(?:access_)?secret":("(?:[^"\\]|\\.)*")/g))
    received.add(JSON.parse(value) as string);
}

interface Passed {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

function passOn(harbor: string, { method, url, headers }: IncomingMessage, body: string): Promise<Passed> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${harbor}${url}`, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const { 'transfer-encoding': _chunked, ...others } = answer.headers;
        const passed = others as Record<string, string | string[]>;
        resolve({ status: answer.statusCode ?? 502, headers: passed, body: Buffer.concat(chunks) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** One line: Node would send no other. */
function headersOf({ headers }: Passed, echoed: string): Record<string, string | string[]> {
  const { 'content-length': _length, ...others } = headers;
  const line = echoed.replaceAll(/[^\u0020-\u00ff]/g, ' ').slice(0, 6000);
  return { ...others, 'x-request-id': line, 'content-type': `application/json; x="${line.slice(0, 900)}"` };
}

const FREE_TEXT = new Set(['description', 'comment', 'display_name', 'version', 'vendor', 'error', 'status_text']);

/** Free texts hold it, and so does a field that Harbor does not have. */
function withEcho(body: Buffer, echo: () => string): Buffer {
  try {
    const add = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(add);
      if (typeof value !== 'object' || value === null) return value;
      const entries = Object.entries(value).map(([key, inner]) => [key, FREE_TEXT.has(key) ? echo() : add(inner)]);
      return { ...(Object.fromEntries(entries) as object), [echo()]: echo(), description: echo() };
    };
    return Buffer.from(JSON.stringify(add(JSON.parse(body.toString('utf8')))));
  } catch {
    return body;
  }
}
