import { handshake, type Handshake } from '../../oci';
import type { HostCheck } from '../model/check';
import type { CheckContext } from '../model/context';
import { evidence, fail, failOn, skip, type Evidence, type Measure, type Outcome } from '../model/outcome';
import { counted, dayOf } from '../answer-words';
import { problem, type Problem } from '../model/problem';

/**
 *      not after        verdict
 *      in the past      fail: expired
 *      within 7 days    fail: it expires
 *      within 30 days   pass, with a warning in the message
 *      later            pass
 *
 * Independently of the date: an old TLS version, a wrong name, a chain that is not trusted, and Traefik's default
 * certificate fail.
 */
export const check: HostCheck = {
  id: 'T1',
  title: 'The certificate is valid for at least a week',
  proves: 'TLS 1.2 or later, a complete chain, a matching name, and more than 7 days until it expires.',
  why: 'Clients do not fetch missing intermediates ("unknown authority"); an expired certificate stops all nodes at once.',
  limits: "Checks the certificate as this machine sees it, with Node.js's and the declared CAs, not those of a node.",
  upstreamCost: 'none',
  phase: 'front',
  scope: 'host',
  run,
};

const DAY_MS = 24 * 3600 * 1000;
const FAIL_DAYS = 7;
/** Days; also the threshold of `doctor` and `health`. */
export const WARN_DAYS = 30;

async function run({ anonymous, target, signal }: CheckContext): Promise<Outcome> {
  if (anonymous.url.protocol !== 'https:') return skip('Harbor is served with plain HTTP');
  try {
    const shown = await handshake(anonymous.url, { ca: target.ca, signal });
    return { ...judge(shown, Date.now()), measures: measuresOf(anonymous.url.host, shown) };
  } catch (error) {
    return fail(`no TLS handshake with ${anonymous.url.host}: ${(error as Error).message}`);
  }
}

/** One fault of the certificate, in words and for programs. */
interface Found {
  readonly words: string;
  readonly problem: Problem;
}

/** The certificate that Traefik serves until ACME has issued one. */
const TRAEFIK_DEFAULT = 'TRAEFIK DEFAULT CERT';

/**
 * Several problems may be found at once, each as a problem of its own. Traefik's default certificate and one that is not
 * valid yet end the search: their chain and name are wrong as well, and that would only hide the reason.
 * @param now milliseconds since 1970
 */
export function judge(shown: Handshake, now: number): Outcome {
  const daysLeft = Math.floor((shown.notAfterMs - now) / DAY_MS);
  const until = Number.isNaN(shown.notAfterMs) ? 'an unknown date' : dayOf(shown.notAfterMs);
  const found: Found[] = [];
  if (!['TLSv1.2', 'TLSv1.3'].includes(shown.protocol))
    found.push({
      words: `${shown.protocol} was negotiated`,
      problem: problem('tls-version', undefined, shown.protocol),
    });
  if (shown.notAfterMs <= now)
    found.push({
      words: `the certificate expired on ${until}`,
      problem: problem('certificate-expired', undefined, until),
    });
  else if (!(daysLeft > FAIL_DAYS))
    found.push({
      words: `the certificate expires in ${counted(daysLeft, 'day')}, on ${until}`,
      problem: problem('certificate-expires', undefined, until),
    });
  const isDefault = [shown.subject, shown.issuer].includes(TRAEFIK_DEFAULT);
  const isEarly = shown.chainProblem?.includes('NOT_YET_VALID') === true;
  if (isDefault)
    found.push({
      words: "it is Traefik's default certificate",
      problem: problem('certificate-default', undefined, shown.subject),
    });
  if (isEarly)
    found.push({
      words: 'the certificate is not valid yet',
      problem: problem('certificate-not-yet', undefined, shown.chainProblem),
    });
  if (isDefault || isEarly) return judged(shown, found, daysLeft);
  // An expired certificate is also a refused chain: that adds nothing.
  if (shown.chainProblem !== undefined && !(shown.chainProblem.includes('EXPIRED') && shown.notAfterMs <= now))
    found.push({
      words: `the chain is refused: ${shown.chainProblem}`,
      problem: problem('certificate-chain', undefined, shown.chainProblem),
    });
  if (shown.nameProblem !== undefined)
    found.push({ words: shown.nameProblem, problem: problem('certificate-name', undefined, shown.nameProblem) });
  return judged(shown, found, daysLeft);
}

function judged(shown: Handshake, found: readonly Found[], daysLeft: number): Outcome {
  const soon = daysLeft <= WARN_DAYS ? 'warning: renew it soon: ' : '';
  return failOn(
    found.map(({ words }) => words),
    `${soon}${shown.protocol}, ${counted(daysLeft, 'day')} left`,
    evidenceOf(shown),
    found.map((one) => one.problem),
  );
}

/** A value to watch over time: an alert on it comes weeks before the check fails. */
function measuresOf(host: string, { notAfterMs }: Handshake): Measure[] {
  if (Number.isNaN(notAfterMs)) return [];
  return [{ name: 'tls_not_after_seconds', of: host, value: Math.floor(notAfterMs / 1000) }];
}

function evidenceOf({ subject, issuer, notAfterMs, protocol }: Handshake): Evidence[] {
  const until = Number.isNaN(notAfterMs) ? 'unknown' : new Date(notAfterMs).toISOString();
  const rows: [string, string][] = [
    ['subject', subject],
    ['issuer', issuer],
    ['not after', until],
    ['protocol', protocol],
  ];
  return rows.map(([label, value]) => evidence(label, value));
}
