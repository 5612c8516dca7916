import type { Findings } from '../findings';
import { isProblem, type Rule } from '../rule';
import { evidenceOf, failsStill, hasLogin, isFetch, isServing, upstreamName } from './upstream';

const isServedHere = ({ origin }: Findings): boolean => isServing(origin);

/**
 * The upstream serves the image to this machine: the fault is on the side of Harbor. The first that fits:
 *
 *       the pull, repeated       Harbor's own test of the upstream      cause
 *       404, 5xx                 fails; no credential is declared       upstream-blocked
 *       no response in time      fails, or hangs; components healthy    upstream-silent
 *       any                      has not failed; marked unhealthy       registry-unhealthy
 *       5xx, a registry error    succeeds                               harbor-error
 *       404, 5xx, not a page     any                                    served-here-only
 */
export const HARBOR_SIDE: readonly Rule[] = [
  {
    kind: 'upstream-blocked',
    rank: 'outage',
    party: 'network',
    // With a credential, Harbor's own test also fails for a wrong secret: then neither cause is certain.
    seen: (failure, findings) => {
      const isCut = isServedHere(findings) && failsStill(findings) && findings.reaches === false;
      return isFetch(failure) && isCut && !hasLogin(findings) ? evidenceOf(findings) : undefined;
    },
    say: (_failure, findings) => ({
      words: `Harbor cannot reach ${upstreamName(findings)}; this machine can`,
      whatToDo: "check Harbor's proxy settings, DNS, firewall and the CA of the registry, on Harbor's own machine",
    }),
  },
  {
    kind: 'upstream-silent',
    rank: 'outage',
    party: 'network',
    // A Harbor that reaches it waits for something else: its own storage, or one image. If its own test is not known, it
    // may be slow itself.
    seen: (failure, findings) => {
      const { again, reaches, registryStatus } = findings;
      // After waiting long enough, Harbor marks it unhealthy and sends no more requests.
      const isGivenUp = registryStatus === 'unhealthy' && reaches === 'silent';
      const isWaiting = isGivenUp || (again === 'silent' && (reaches === 'silent' || reaches === false));
      return isFetch(failure) && isServedHere(findings) && isWaiting && findings.harbor?.ill?.length === 0
        ? evidenceOf(findings)
        : undefined;
    },
    say: (_failure, findings) => ({
      words: `Harbor waits for ${upstreamName(findings)} and gets no response; this machine does`,
      whatToDo: 'check for a firewall that drops packets between Harbor and the upstream, and its proxy settings',
    }),
  },
  {
    kind: 'registry-unhealthy',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, findings) =>
      isFetch(failure) &&
      findings.registryStatus === 'unhealthy' &&
      isServedHere(findings) &&
      findings.reaches !== false &&
      findings.reaches !== 'silent'
        ? evidenceOf(findings)
        : undefined,
    say: (_failure, findings) => ({
      words: `Harbor has marked the registry unhealthy and no longer contacts ${upstreamName(findings)}`,
      whatToDo: "wait five minutes for Harbor's next check; if it persists, test the registry in Harbor",
    }),
  },
  {
    kind: 'harbor-error',
    rank: 'outage',
    party: 'Harbor',
    // For an error of the upstream Harbor returns 404; and it reaches the upstream.
    seen: (failure, findings) => {
      const { again, isOfRegistry, reaches } = findings;
      const isOwn = typeof again === 'number' && again >= 500 && isOfRegistry === true && reaches === true;
      return isFetch(failure) && isOwn && isServedHere(findings) ? evidenceOf(findings) : undefined;
    },
    say: (_failure, findings) => ({
      words: `Harbor itself returns ${findings.again ?? 500} for an image that ${upstreamName(findings)} serves to us`,
      whatToDo: "read the log of core and registry on Harbor's host: its database, Redis and storage come first",
      command: 'breakwater health',
    }),
  },
  {
    kind: 'served-here-only',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, findings) =>
      (isFetch(failure) || isProblem(failure, 'headers-changed')) &&
      failure.symptom !== 'rate-limited' &&
      findings.isOfRegistry !== false &&
      isServedHere(findings) &&
      failsStill(findings)
        ? evidenceOf(findings)
        : undefined,
    say: (_failure, findings) => ({
      words: `Harbor returns ${findings.again ?? 404} for an image that ${upstreamName(findings)} serves to us`,
      whatToDo: "check the registry's stored secret and Harbor's network",
      command: 'breakwater plan --prove-secrets',
    }),
  },
];
