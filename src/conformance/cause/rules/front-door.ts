import type { Failure, Findings } from '../findings';
import { foundBy, isProblem, type Rule } from '../rule';

/** Every answer of Harbor's that a failed check got was such, or none came. */
function only({ result }: Failure, { host }: Findings, isSo: (status: number) => boolean): boolean {
  const requests = result.requests.filter(({ url }) => URL.canParse(url) && new URL(url).host === host);
  return requests.length > 0 && requests.every(({ status }) => status === undefined || isSo(status));
}

/** The certificate, the clock, and what answers in the place of Harbor. */
export const FRONT_DOOR: readonly Rule[] = [
  {
    kind: 'certificate-expired',
    rank: 'outage',
    party: 'front door',
    seen: (failure) => (isProblem(failure, 'certificate-expired') ? [foundBy(failure)] : undefined),
    say: ({ problem }, { host }) => ({
      words: `the certificate of ${host} expired on ${problem?.value ?? ''}`,
      whatToDo: 'renew it, and reload the server that terminates TLS',
    }),
  },
  {
    kind: 'certificate-name',
    rank: 'outage',
    party: 'front door',
    seen: (failure) => (isProblem(failure, 'certificate-name') ? [foundBy(failure)] : undefined),
    say: (_failure, { host }) => ({
      words: `the certificate is not for ${host}`,
      whatToDo: 'serve a certificate with this name, or declare the name that it has as harbor.url',
    }),
  },
  {
    kind: 'certificate-chain',
    rank: 'outage',
    party: 'front door',
    seen: (failure) => (isProblem(failure, 'certificate-chain') ? [foundBy(failure)] : undefined),
    say: (_failure, { host }) => ({
      words: `the certificate chain of ${host} is not trusted`,
      whatToDo: 'serve the full chain (leaf and intermediates); declare a private CA as harbor.ca_file',
    }),
  },
  {
    kind: 'certificate-not-yet',
    rank: 'outage',
    party: 'front door',
    seen: (failure) => (isProblem(failure, 'certificate-not-yet') ? [foundBy(failure)] : undefined),
    say: (_failure, { host }) => ({
      words: `the certificate of ${host} is not valid yet`,
      whatToDo: 'check the clocks of this machine and of the issuing one (NTP), otherwise reissue it',
    }),
  },
  {
    kind: 'certificate-default',
    rank: 'outage',
    party: 'front door',
    seen: (failure) => (isProblem(failure, 'certificate-default') ? [foundBy(failure)] : undefined),
    say: (_failure, { host }) => ({
      words: `${host} serves Traefik's default certificate`,
      whatToDo: 'ACME has not issued one yet: see the log of the container traefik',
    }),
  },
  {
    kind: 'tls-version',
    rank: 'soon',
    party: 'front door',
    seen: (failure) => (isProblem(failure, 'tls-version') ? [foundBy(failure)] : undefined),
    say: ({ problem }, { host }) => ({
      words: `${host} speaks ${problem?.value ?? 'an old TLS'}`,
      whatToDo: 'allow TLS 1.2 and 1.3 where TLS is terminated',
    }),
  },
  {
    kind: 'certificate-expires',
    rank: 'soon',
    party: 'front door',
    seen: (failure) => (isProblem(failure, 'certificate-expires') ? [foundBy(failure)] : undefined),
    say: ({ problem }, { host }) => ({
      words: `the certificate of ${host} expires on ${problem?.value ?? ''}`,
      whatToDo: 'renew it now; with ACME, check the log of the ACME client',
    }),
  },
  {
    kind: 'clock-skew',
    rank: 'soon',
    party: 'Harbor',
    seen: (failure) => (isProblem(failure, 'clock-skew') ? [foundBy(failure)] : undefined),
    say: ({ problem }, { host }) => ({
      words: `the clock of ${host} is ${problem?.value ?? 'off'} this machine's`,
      whatToDo: 'check NTP on both machines: tokens are refused when clocks differ by minutes',
    }),
  },
  {
    kind: 'page',
    rank: 'outage',
    party: 'front door',
    // Where /v2/ itself is a page, whatever was answered 200 below it was one.
    seen: (failure, findings) => {
      const isEverywhere = findings.problems.some(({ kind, subject }) => kind === 'page' && subject === '/v2/');
      const isPage = isEverywhere && only(failure, findings, (status) => status === 200);
      const isAtMirror = isEverywhere && isProblem(failure, 'mirror-page');
      return isProblem(failure, 'page') || isPage || isAtMirror ? [foundBy(failure)] : undefined;
    },
    say: (_failure, { host }) => ({
      words: `${host} returns a web page instead of the registry API`,
      whatToDo: 'correct the routes of the proxy in front: /v2/, /service/ and /api/ go to Harbor, not to a portal',
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
