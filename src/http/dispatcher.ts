import { compact } from '../compact';
import type * as NodeTls from 'node:tls';
import type { Dispatcher } from 'undici';
import { Agent, request } from './undici-parts';

export interface DispatcherOptions {
  /** PEM of private CAs, added to Node's own. */
  readonly ca?: string;
  /** Milliseconds to connect and finish the TLS handshake. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds until the response headers. Default 15,000. */
  readonly headersTimeoutMs?: number;
  /** Milliseconds without a body byte. Default 30,000. */
  readonly bodyTimeoutMs?: number;
  /** Sockets per origin. Default 32. */
  readonly connections?: number;
}

class Pools extends Agent {
  override request = request as Dispatcher['request'];
}

/**
 * The one place where a connection pool is made: keep-alive, TLS verified, HTTP/1.1 (for blobs HTTP/2 is
 * slower in undici). It follows no redirects, which is undici's default.
 */
export function createDispatcher(options: DispatcherOptions = {}): Dispatcher {
  return new Pools({
    connections: options.connections ?? 32,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 10_000,
    headersTimeout: options.headersTimeoutMs ?? 15_000,
    bodyTimeout: options.bodyTimeoutMs ?? 30_000,
    connect: compact({
      timeout: options.connectTimeoutMs ?? 5_000,
      // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 in somebody's environment would decide otherwise.
      rejectUnauthorized: true,
      ca: options.ca ? withSystemCas(options.ca) : undefined,
    }),
  });
}

/**
 * Node replaces its own roots when `ca` is given: keep both, so that a private CA adds trust and takes none away.
 * `getCACertificates` (Node 22.15 and later) also knows those of NODE_EXTRA_CA_CERTS.
 */
function withSystemCas(pem: string): string[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- node:tls is needed only when a CA is given
  const tls = require('node:tls') as typeof NodeTls & { getCACertificates?: (type: 'default') => string[] };
  return [...(tls.getCACertificates?.('default') ?? tls.rootCertificates), pem];
}
