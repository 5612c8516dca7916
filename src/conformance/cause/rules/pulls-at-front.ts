import type { Findings } from '../findings';
import type { Rule } from '../rule';
import { evidenceOf, isFetch } from './upstream';

/** A registry error has a JSON body; nginx, Traefik, a firewall or a load balancer send an HTML page or nothing. */
const isOfFront = ({ isOfRegistry, origin }: Findings): boolean =>
  isOfRegistry === false && (origin === undefined || (origin.state === 'answers' && origin.status < 400));

/** A proxy in front of Harbor that responds to pulls, although /v2/ itself is served by Harbor. */
export const PULLS_AT_FRONT: readonly Rule[] = [
  {
    kind: 'front-limit-of-pulls',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) =>
      isFetch(failure) && findings.again === 429 && findings.isOfRegistry === false ? evidenceOf(findings) : undefined,
    say: (_failure, { host }) => ({
      words: `a proxy or firewall in front of ${host} limits pulls (429), not the upstream`,
      whatToDo: 'raise the rate limit for /v2/ in the proxy, firewall or load balancer in front of Harbor',
    }),
  },
  {
    kind: 'front-error',
    rank: 'outage',
    party: 'front door',
    // The upstream serves the image, and Harbor itself would have returned a reason.
    seen: (failure, findings) => {
      const { again } = findings;
      const isError = typeof again === 'number' && again >= 400 && again !== 401 && again !== 429;
      return isFetch(failure) && isError && isOfFront(findings) && findings.harbor?.ill?.length === 0
        ? evidenceOf(findings)
        : undefined;
    },
    say: (_failure, { host, again }) => ({
      words: `a proxy or firewall in front of ${host} returns ${again} for pulls, instead of a response from Harbor`,
      whatToDo:
        again === 504 || again === 499
          ? 'raise its timeout for /v2/: a first pull waits for the upstream; read its log, and that of core'
          : 'read its log, and that of core: the proxy, firewall or load balancer blocks or loses pulls',
    }),
  },
];
