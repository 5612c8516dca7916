import type { Evidence } from '../../model/outcome';
import type { Problem } from '../../model/problem';
import type { Failure, Findings } from '../findings';
import { foundBy, isProblem, problemIs, type Rule } from '../rule';
import { lastStatus } from '../symptom';

/** Whether every response of Harbor in a failed check was such, or there was none. */
function only({ result }: Failure, { host }: Findings, isSo: (status: number) => boolean): boolean {
  const requests = result.requests.filter(({ url }) => URL.canParse(url) && new URL(url).host === host);
  return requests.length > 0 && requests.every(({ status }) => status === undefined || isSo(status));
}

/** A check saw HTML pages instead of registry responses. */
const servesPages = ({ problems }: Findings): boolean => problems.some(({ kind }) => kind === 'page');

/** This failure ended with the same response as /v2/ itself. */
function endedAs(
  kind: 'not-routed' | 'limited',
  failure: Failure,
  { problems, host }: Findings,
): Evidence[] | undefined {
  const found = problems.find((one) => one.kind === kind);
  const isAbout = isProblem(failure, kind) || lastStatus(failure.result.requests, host) === Number(found?.value);
  return found && isAbout ? [{ label: '/v2/ returns', value: found.value ?? '' }] : undefined;
}

const tokenStatus = (problems: readonly Problem[]): string =>
  problems.find(({ kind }) => kind === 'no-token')?.value ?? 'no token';

/** No client gets a token, and this failure requested one and pulled nothing. */
function noToken(failure: Failure, { problems, host }: Findings, by: string): Evidence[] | undefined {
  const found = problems.find(({ kind }) => kind === 'no-token');
  if (found?.subject !== by) return undefined;
  const { requests, id } = failure.result;
  const isAbout =
    isProblem(failure, 'no-token') ||
    // Checks that reuse the response of another one have sent no request themselves.
    (requests.length === 0 && failure.problem === undefined && id !== 'X1') ||
    (requests.some(({ url }) => url.includes('/service/token')) && lastStatus(requests, host) === Number(found.value));
  return isAbout ? [{ label: '/service/token returns', value: found.value ?? '' }] : undefined;
}

const SAME_CLOCK_S = 60;

/** Seconds by which every upstream with a visible clock is ahead of this machine, if there is one. */
function agree({ upstreamSkews = [] }: Findings, aheadS: number): boolean {
  return upstreamSkews.length > 0 && upstreamSkews.every((skew) => Math.abs(skew - aheadS) <= SAME_CLOCK_S);
}

function clocks({ upstreamSkews = [] }: Findings): Evidence[] {
  const value = upstreamSkews.map((skew) => `${skew} s`).join(', ') || 'not known';
  return [{ label: "clocks of upstreams, ahead of this machine's by", value }];
}

/** The certificate, the clock, and servers that respond instead of Harbor. */
export const FRONT_DOOR: readonly Rule[] = [
  {
    kind: 'certificate-expired',
    rank: 'outage',
    party: 'front door',
    seen: problemIs('certificate-expired'),
    say: ({ problem }, { host }) => ({
      words: `the certificate of ${host} expired on ${problem?.value ?? ''}`,
      whatToDo: 'renew it, and reload the server that terminates TLS',
    }),
  },
  {
    kind: 'certificate-name',
    rank: 'outage',
    party: 'front door',
    seen: problemIs('certificate-name'),
    say: (_failure, { host }) => ({
      words: `the certificate is not for ${host}`,
      whatToDo: 'serve a certificate with this name, or declare the name that it has as harbor.url',
    }),
  },
  {
    kind: 'certificate-chain',
    rank: 'outage',
    party: 'front door',
    seen: problemIs('certificate-chain'),
    say: (_failure, { host }) => ({
      words: `the certificate chain of ${host} is not trusted`,
      whatToDo: 'serve the full chain (leaf and intermediates); declare a private CA as harbor.ca_file',
    }),
  },
  {
    kind: 'certificate-not-yet',
    rank: 'outage',
    party: 'front door',
    seen: problemIs('certificate-not-yet'),
    say: (_failure, { host }) => ({
      words: `the certificate of ${host} is not valid yet`,
      whatToDo: 'check the clocks of this machine and of the issuing one (NTP), otherwise reissue it',
    }),
  },
  {
    kind: 'certificate-default',
    rank: 'outage',
    party: 'front door',
    seen: problemIs('certificate-default'),
    say: (_failure, { host }) => ({
      words: `${host} serves Traefik's default certificate`,
      whatToDo: 'ACME has not issued one yet: see the log of the container traefik',
    }),
  },
  {
    kind: 'tls-version',
    rank: 'soon',
    party: 'front door',
    seen: problemIs('tls-version'),
    say: ({ problem }, { host }) => ({
      words: `${host} speaks ${problem?.value ?? 'an old TLS'}`,
      whatToDo: 'allow TLS 1.2 and 1.3 where TLS is terminated',
    }),
  },
  {
    kind: 'certificate-expires',
    rank: 'soon',
    party: 'front door',
    seen: problemIs('certificate-expires'),
    say: ({ problem }, { host }) => ({
      words: `the certificate of ${host} expires on ${problem?.value ?? ''}`,
      whatToDo: 'renew it now; with ACME, check the log of the ACME client',
    }),
  },
  {
    kind: 'own-clock',
    rank: 'soon',
    party: 'this machine',
    // Upstreams differ by as much as Harbor does: then this machine's clock is wrong.
    seen: (failure, findings) =>
      isProblem(failure, 'clock-skew') && agree(findings, Number(failure.problem?.subject ?? 0))
        ? [foundBy(failure), ...clocks(findings)]
        : undefined,
    say: () => ({
      words: 'the clock of this machine is wrong: Harbor and the upstreams agree with each other, and not with it',
      whatToDo: 'set it right (NTP): certificates and expiry dates are judged by it',
    }),
  },
  {
    kind: 'clock-skew-somewhere',
    rank: 'soon',
    party: 'Harbor or this machine',
    seen: (failure, findings) =>
      isProblem(failure, 'clock-skew') && !agree(findings, 0) ? [foundBy(failure), ...clocks(findings)] : undefined,
    say: ({ problem }, { host }) => ({
      words: `the clock of ${host} is ${problem?.value ?? 'off'} this machine's`,
      whatToDo: 'check NTP on both machines: tokens are refused when clocks differ by minutes',
    }),
  },
  {
    kind: 'clock-skew',
    rank: 'soon',
    party: 'Harbor',
    seen: (failure, findings) =>
      isProblem(failure, 'clock-skew') ? [foundBy(failure), ...clocks(findings)] : undefined,
    say: ({ problem }, { host }) => ({
      words: `the clock of ${host} is ${problem?.value ?? 'off'} this machine's`,
      whatToDo: 'check NTP on the machine of Harbor: tokens are refused when clocks differ by minutes',
    }),
  },
  {
    kind: 'page',
    rank: 'outage',
    party: 'front door',
    // If /v2/ itself is an HTML page, every 200 below it was one, too.
    seen: (failure, findings) => {
      const isEverywhere = findings.problems.some(({ kind, subject }) => kind === 'page' && subject === '/v2/');
      const isPage = isEverywhere && only(failure, findings, (status) => status === 200);
      const isAtMirror = isEverywhere && isProblem(failure, 'mirror-page');
      const isByPage = isProblem(failure, 'headers-changed', 'ranges', 'any-token-accepted') && servesPages(findings);
      if (isByPage) return [{ label: 'found', value: 'pages below /v2/' }];
      return isProblem(failure, 'page') || isPage || isAtMirror ? [foundBy(failure)] : undefined;
    },
    say: (_failure, { host }) => ({
      words: `${host} returns a web page instead of the registry API`,
      whatToDo: 'correct the routes of the proxy in front: /v2/, /service/ and /api/ go to Harbor, not to a portal',
    }),
  },
  {
    kind: 'front-page',
    rank: 'outage',
    party: 'front door',
    // The upstream serves an image, but through Harbor's host name there is an HTML page.
    seen: (failure, { origin, again, isOfRegistry }) => {
      const isPage = isProblem(failure, 'not-a-manifest') && failure.problem?.value === 'text/html';
      const isServed = origin?.state === 'answers' && origin.status === 200 && origin.isManifest;
      return isPage && isServed && again === 200 && isOfRegistry === false ? [foundBy(failure)] : undefined;
    },
    say: (_failure, { host }) => ({
      words: `${host} returns web pages for images that the upstream serves`,
      whatToDo: 'correct the routes of the proxy in front: everything below /v2/ goes to Harbor',
    }),
  },
  {
    kind: 'front-login',
    rank: 'outage',
    party: 'front door',
    seen: (failure, { problems, host }) => {
      const isThere = problems.some(({ kind }) => kind === 'front-login');
      const isAbout = isProblem(failure, 'front-login') || lastStatus(failure.result.requests, host) === 401;
      return isThere && isAbout ? [{ label: '/v2/ returns', value: '401 without a Bearer challenge' }] : undefined;
    },
    say: (_failure, { host }) => ({
      words: `something in front of ${host} asks for a login of its own: no client gets a token`,
      whatToDo: 'turn its login off for /v2/, /service/ and /api/: Harbor asks for logins itself',
    }),
  },
  {
    kind: 'not-routed',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) => endedAs('not-routed', failure, findings),
    say: (_failure, { host, problems }) => ({
      words: `${host} returns ${problems.find(({ kind }) => kind === 'not-routed')?.value ?? 404} for /v2/, and that is not an answer of Harbor`,
      whatToDo: 'correct the routes of the proxy in front: /v2/, /service/ and /api/ go to Harbor',
    }),
  },
  {
    kind: 'front-limit',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) => endedAs('limited', failure, findings),
    say: (_failure, { host }) => ({
      words: `a proxy or firewall in front of ${host} limits requests (429), also those that need no upstream`,
      whatToDo: 'raise the rate limit for /v2/ in the proxy, firewall or load balancer in front of Harbor',
    }),
  },
  {
    kind: 'no-token',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) => noToken(failure, findings, 'front door'),
    say: (_failure, { host, problems }) => ({
      words: `${host} returns ${tokenStatus(problems)} for /service/token, and that is not an answer of Harbor`,
      whatToDo: 'correct the proxy or firewall in front: /service/ goes to Harbor, with the header Authorization',
    }),
  },
  {
    kind: 'token-service',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, findings) => noToken(failure, findings, 'Harbor'),
    say: (_failure, { host, problems }) => ({
      words: `the token service of ${host} returns ${tokenStatus(problems)}: no client gets a token`,
      whatToDo: 'read the log of core: its database, its key (private_key.pem) and the proxy in front',
      command: 'breakwater health',
    }),
  },
  {
    kind: 'redirect-loop',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) => {
      const target = findings.problems.find(({ kind }) => kind === 'redirect')?.value;
      const isAbout =
        isProblem(failure, 'redirect', 'mirror-page') ||
        only(failure, findings, (status) => status >= 300 && status < 400);
      return target !== undefined && isAbout ? [{ label: 'redirected to', value: target }] : undefined;
    },
    say: (_failure, { host }) => ({
      words: `${host} redirects /v2/ instead of serving it`,
      whatToDo: 'correct the proxy in front: /v2/, /service/ and /api/ go to Harbor, with Host and X-Forwarded-Proto',
    }),
  },
  {
    kind: 'harbor-unavailable',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, findings) => {
      const atDoor = findings.problems.find(({ kind }) => kind === 'unavailable')?.value;
      const status = findings.harbor?.brokenStatus ?? atDoor;
      const isAtMirror = isProblem(failure, 'mirror-answer') && Number(failure.problem?.value) >= 500;
      const isAbout = isProblem(failure, 'unavailable') || isAtMirror || only(failure, findings, (one) => one >= 500);
      return isAbout && status !== undefined ? [{ label: 'the front door returns', value: String(status) }] : undefined;
    },
    say: (_failure, { host }) => ({
      words: `the proxy at ${host} responds, but Harbor behind it does not`,
      whatToDo: 'Harbor may be restarting: wait a few minutes, then check its containers',
      command: 'breakwater health --wait 5m',
    }),
  },
];
