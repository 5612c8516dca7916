import type { Evidence } from '../../model/outcome';
import type { Failure, Findings } from '../findings';
import { isProblem, problemIs, type Rule } from '../rule';

/** Less than this is no difference: the `Date` header has whole seconds, and a slow response adds some. */
const SAME_CLOCK_S = 60;

/**
 * Whether the clocks of all upstreams are ahead of this machine's by this many seconds, give or take 60 (negative:
 * behind). False if no upstream has a visible clock: then it is not known whose clock is wrong.
 */
function agree({ upstreamSkews = [] }: Findings, aheadS: number): boolean {
  return upstreamSkews.length > 0 && upstreamSkews.every((skew) => Math.abs(skew - aheadS) <= SAME_CLOCK_S);
}

function clocks({ result, problem }: Failure, { host, upstreamSkews = [] }: Findings): Evidence[] {
  const ofHarbor = {
    label: `found by ${result.id}, the clock of ${host}`,
    value: `${problem?.value ?? 'off'} this machine's`,
  };
  const value = upstreamSkews.map((skew) => `${skew} s`).join(', ') || 'not known';
  return [ofHarbor, { label: "clocks of upstreams, ahead of this machine's by", value }];
}

/**
 * The certificate of the front door, and the clocks. Whose clock is wrong is decided by a third one, that of the
 * upstreams, with 60 s of tolerance:
 *
 *       clocks of the upstreams                    cause
 *       agree with Harbor's, all of them           own-clock
 *       not known, or do not agree with this one   clock-skew-somewhere
 *       agree with this machine's                  clock-skew   (Harbor's)
 *
 * For example, T3 measured Harbor 300 s ahead of this machine: upstreams at 290 s and 310 s convict this machine, at
 * 0 s and 2 s Harbor, and at 290 s and 0 s nobody.
 *
 * A certificate has one cause for each problem that T1 found, and needs no probe. Expired, wrong name or chain, not yet
 * valid and Traefik's default are outages: clients refuse them now. `certificate-expires` is due soon, as is an old
 * TLS version, which clients will stop accepting.
 */
export const CERTIFICATE: readonly Rule[] = [
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
    // The subject is what T3 measured: seconds by which Harbor is ahead of this machine, negative if it is behind.
    seen: (failure, findings) =>
      isProblem(failure, 'clock-skew') && agree(findings, Number(failure.problem?.subject ?? 0))
        ? clocks(failure, findings)
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
      isProblem(failure, 'clock-skew') && !agree(findings, 0) ? clocks(failure, findings) : undefined,
    say: ({ problem }, { host }) => ({
      words: `the clock of ${host} is ${problem?.value ?? 'off'} this machine's`,
      whatToDo: 'check NTP on both machines: tokens are refused when clocks differ by minutes',
    }),
  },
  {
    kind: 'clock-skew',
    rank: 'soon',
    party: 'Harbor',
    // Only reached if the upstreams agree with this machine: the two rules above have the other cases.
    seen: (failure, findings) => (isProblem(failure, 'clock-skew') ? clocks(failure, findings) : undefined),
    say: ({ problem }, { host }) => ({
      words: `the clock of ${host} is ${problem?.value ?? 'off'} this machine's`,
      whatToDo: 'check NTP on the machine of Harbor: tokens are refused when clocks differ by minutes',
    }),
  },
];
