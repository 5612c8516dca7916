import { compact } from '../compact';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { lookupAddress } from '../http/connect-to';
import { trusting } from '../http/trust';

/** What a TLS server presented, without a verdict: the handshake is completed even if it would fail. */
export interface Handshake {
  /** `TLSv1.2`, `TLSv1.3`. */
  readonly protocol: string;
  /** Why a client would refuse the chain, such as `CERT_HAS_EXPIRED`; absent if it would not. */
  readonly chainProblem?: string;
  /** Why the name does not match; absent if it does. */
  readonly nameProblem?: string;
  readonly subject: string;
  readonly issuer: string;
  /** Milliseconds since 1970; NaN if the certificate has no date. */
  readonly notAfterMs: number;
}

/** For one look at a certificate. */
export interface HandshakeOptions {
  /** PEM of private CAs, in addition to the usual ones. */
  readonly ca?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default 10,000. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** A server that is too old is a finding, with its certificate; no handshake would show neither. */
const OLDEST = 'TLSv1';

/**
 * Opens one TLS connection and closes it.
 * @throws Error of node:net or node:tls if there is no handshake
 */
export function handshake(url: URL, { ca, signal, timeoutMs }: HandshakeOptions = {}): Promise<Handshake> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connect(
      compact({
        host,
        port: Number(url.port) || 443,
        lookup: lookupAddress,
        servername: isIP(host) === 0 ? host : undefined,
        secureContext: ca === undefined ? undefined : trusting(ca, OLDEST),
        // Only inspected, not trusted: no data is sent over this connection.
        rejectUnauthorized: false,
        minVersion: OLDEST,
      }),
    );
    const stop = (): void => void socket.destroy(new Error('the run was stopped'));
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    const expire = (): void => void socket.destroy(new Error('no TLS handshake in time'));
    const timer = setTimeout(expire, timeoutMs ?? DEFAULT_TIMEOUT_MS);
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    });
    socket.once('secureConnect', () => {
      resolve(describe(host, socket));
      socket.destroy();
    });
  });
}

/** Both problems are reported: a certificate can be of an unknown CA and for another name. */
function describe(host: string, socket: TLSSocket): Handshake {
  const certificate = socket.getPeerCertificate();
  // Node also reports a wrong name as an unauthorized chain; here these are two findings.
  const problem = socket.authorizationError as unknown as Error | string | undefined;
  const code = problem instanceof Error ? ((problem as NodeJS.ErrnoException).code ?? problem.message) : problem;
  const nameProblem = checkServerIdentity(host, certificate)?.message;
  return compact({
    protocol: socket.getProtocol() ?? 'unknown',
    chainProblem: code && code !== 'ERR_TLS_CERT_ALTNAME_INVALID' ? code : undefined,
    nameProblem,
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    notAfterMs: Date.parse(certificate.valid_to),
  });
}

function nameOf(name: PeerCertificate['subject'] | undefined): string {
  const { CN, O } = (name ?? {}) as { CN?: string | string[]; O?: string | string[] };
  return String(CN ?? O ?? 'unnamed');
}
