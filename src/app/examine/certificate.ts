import { compact } from '../../compact';
import { CERTIFICATE_WARN_DAYS, certificateCauses } from '../../conformance';
import { handshake, type Handshake } from '../../oci';
import { blamed } from './blame';
import { failed, fine, warned, type Seen } from './examination';

const WARN_MS = CERTIFICATE_WARN_DAYS * 24 * 3600 * 1000;

/** Performs a TLS handshake with the front door. Plain HTTP has no certificate to check. */
export async function probeCertificate(url: URL, ca?: string, signal?: AbortSignal): Promise<Seen> {
  if (url.protocol !== 'https:') return fine(`${url.host} uses plain HTTP: there is no certificate`);
  try {
    return judgeCertificate(url.host, await handshake(url, { ca, signal }), Date.now());
  } catch (error) {
    return { ...failed(`no TLS handshake with ${url.host}: ${(error as Error).message}`), unreachable: true };
  }
}

/**
 * Judged like check T1 of `conform`, with the same thresholds.
 * @param nowMs milliseconds since 1970
 */
export function judgeCertificate(host: string, shown: Handshake, nowMs: number): Seen {
  if (Number.isNaN(shown.notAfterMs)) return failed(`the certificate of ${host} has no valid end date`, 'renew it');
  const [first, ...others] = certificateCauses(host, shown, nowMs);
  const until = new Date(shown.notAfterMs).toISOString().slice(0, 10);
  if (!first) {
    const words = `${host}: ${shown.protocol}, by ${shown.issuer}, until ${until}`;
    return shown.notAfterMs - nowMs > WARN_MS
      ? fine(words)
      : warned(words, `it expires within ${CERTIFICATE_WARN_DAYS} days: renew it`);
  }
  // A certificate that ends soon still works for clients today.
  const details = others.length > 0 ? others.map(({ words: also }) => also) : undefined;
  return compact<Seen>({ ...blamed(first.rank === 'soon' ? 'warning' : 'error', first), details });
}
