import { handshake, type Handshake } from '../../oci';
import { failed, fine, type Seen } from './examination';

/** What Traefik shows until ACME has given it a certificate. */
const TRAEFIK_DEFAULT = 'TRAEFIK DEFAULT CERT';

/** Shakes hands with the front door. Over plain HTTP there is nothing to look at. */
export async function probeCertificate(url: URL, ca?: string, signal?: AbortSignal): Promise<Seen> {
  if (url.protocol !== 'https:') return fine(`${url.host} is reached by plain HTTP: there is no certificate`);
  try {
    return judgeCertificate(url.host, await handshake(url, { ca, signal }), Date.now());
  } catch (error) {
    return { ...failed(`no TLS handshake with ${url.host}: ${(error as Error).message}`), unreachable: true };
  }
}

/** @param nowMs milliseconds since 1970 */
export function judgeCertificate(host: string, shown: Handshake, nowMs: number): Seen {
  if (shown.subject === TRAEFIK_DEFAULT || shown.issuer === TRAEFIK_DEFAULT)
    return failed(
      `${host} serves Traefik's default certificate`,
      'ACME has not issued a certificate yet: see the log of the container traefik',
    );
  if (!(shown.notAfterMs > nowMs))
    return failed(`the certificate of ${host} expired ${dateOf(shown.notAfterMs)}`, 'renew it');
  if (shown.nameProblem !== undefined) return failed(`the certificate is not valid for ${host}: ${shown.nameProblem}`);
  if (shown.chainProblem !== undefined)
    return failed(
      `the certificate of ${host} is not trusted: ${shown.chainProblem}`,
      'declare a private certificate authority as harbor.ca_file',
    );
  return fine(`${host}: ${shown.protocol}, by ${shown.issuer}, until ${dateOf(shown.notAfterMs)}`);
}

function dateOf(ms: number): string {
  return Number.isNaN(ms) ? 'on an unknown date' : new Date(ms).toISOString().slice(0, 10);
}
