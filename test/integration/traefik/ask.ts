import { request as httpRequest, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { PeerCertificate, TLSSocket } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Only over TLS. */
  readonly certificate?: PeerCertificate;
}

export interface Question extends Pick<
  RequestOptions,
  'path' | 'ca' | 'rejectUnauthorized' | 'servername' | 'cert' | 'key' | 'maxVersion' | 'minVersion' | 'ciphers'
> {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: AsyncIterable<Buffer> | string;
}

/** One request over a connection of its own, following nothing. */
export async function ask(url: string, { body, ...question }: Question = {}): Promise<Answer> {
  const isTls = url.startsWith('https:');
  const options = { ...question, ...(isTls && { agent: new Agent({ keepAlive: false }) }) };
  return new Promise((resolve, reject) => {
    const sent = (isTls ? httpsRequest : httpRequest)(url, options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += String(chunk))).on('error', reject);
      const certificate = isTls ? (response.socket as TLSSocket).getPeerCertificate() : undefined;
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          ...(certificate && { certificate }),
        }),
      );
    });
    sent.on('error', reject);
    void send(sent, body).catch(reject);
  });
}

async function send(to: ClientRequest, body: Question['body'] = ''): Promise<void> {
  if (typeof body === 'string') return void to.end(body);
  for await (const chunk of body) {
    if (to.destroyed) return;
    to.write(chunk);
  }
  to.end();
}
