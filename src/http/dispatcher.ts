import { compact } from '../compact';
import type { buildConnector, Dispatcher } from 'undici';
import { lookupAddress } from './connect-to';
import { DirectPools } from './direct';
import { trusting } from './trust';
import { withoutStacks } from '../without-stacks';
import { Pools } from './undici-parts';

/** Defaults are those of the client for Harbor's API; `oci` sets longer ones. */
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
  /** Large bodies do not pass through undici, if the handler of a request allows it. */
  readonly isDirect?: boolean;
}

/**
 * The only place that creates a connection pool: keep-alive, verified TLS, HTTP/1.1 (HTTP/2 is slower for blobs in
 * undici). It follows no redirects, which is undici's default.
 */
export function createDispatcher(options: DispatcherOptions = {}): Dispatcher {
  const connect = compact<buildConnector.BuildOptions>({
    timeout: options.connectTimeoutMs ?? 5_000,
    // Set explicitly, because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would disable it.
    rejectUnauthorized: true,
    secureContext: options.ca ? trusting(options.ca) : undefined,
    lookup: lookupAddress,
  });
  const pools = {
    connections: options.connections ?? 32,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 10_000,
    headersTimeout: options.headersTimeoutMs ?? 15_000,
    bodyTimeout: options.bodyTimeoutMs ?? 30_000,
  };
  return options.isDirect ? new DirectPools(pools, connect) : new Pools({ ...pools, connect });
}

/** Ends all connections, also those in use. undici destroys each socket with an error, of which Node formats the stack. */
export function endConnections(dispatcher: Dispatcher): Promise<void> {
  return withoutStacks(() => dispatcher.destroy());
}
