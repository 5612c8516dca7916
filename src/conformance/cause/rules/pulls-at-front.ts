import { raiseLimit } from '../../answer-words';
import type { Findings } from '../findings';
import { isProblem, type Rule } from '../rule';
import { canPull } from './components';
import { evidenceOf, isFetch } from './upstream';

/**
 * A registry error has a JSON body; nginx, Traefik, a firewall or a load balancer send an HTML page or nothing. If the
 * upstream fails as well, an empty body may come from there, so the front door is not accused.
 */
function isOfFront({ isOfRegistry, isOfHead, origin, project }: Findings): boolean {
  if (isOfRegistry !== false) return false;
  // Only a project without an upstream, and a pull that works with GET, need no look at it.
  return origin === undefined
    ? project?.origin === undefined || isOfHead === true
    : origin.state === 'answers' && origin.status < 400;
}

/** A proxy in front of Harbor that responds to pulls, although /v2/ itself is served by Harbor. */
export const PULLS_AT_FRONT: readonly Rule[] = [
  {
    kind: 'front-refuses-clients',
    rank: 'outage',
    party: 'front door',
    // The same pull works for this machine, with HEAD and with GET.
    seen: (failure, { again, isOfHead }) =>
      isProblem(failure, 'client-refused') && again === 200 && !isOfHead
        ? [
            { label: `returned to ${failure.problem?.subject ?? 'clients'}`, value: failure.problem?.value ?? '' },
            { label: 'the same pull of another client', value: String(again) },
          ]
        : undefined,
    say: ({ problem }, { host }) => ({
      words: `a proxy or firewall in front of ${host} returns ${problem?.value ?? 'errors'} to ${problem?.subject ?? 'some clients'}, and serves other clients`,
      whatToDo: 'look for rules by User-Agent or for bots in the proxy or firewall, and turn them off for /v2/',
    }),
  },
  {
    kind: 'front-limit-of-pulls',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) =>
      isFetch(failure) && findings.again === 429 && findings.isOfRegistry === false ? evidenceOf(findings) : undefined,
    say: (_failure, { host }) => ({
      words: `a proxy or firewall in front of ${host} limits pulls (429), not the upstream`,
      whatToDo: raiseLimit('/v2/'),
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
      const isPull =
        isFetch(failure) ||
        isProblem(failure, 'client-refused') ||
        ['denied', 'policy'].includes(failure.symptom ?? '');
      return isPull && isError && isOfFront(findings) && canPull(findings.harbor) ? evidenceOf(findings) : undefined;
    },
    say: (_failure, { host, again, isOfHead }) => ({
      words: `a proxy or firewall in front of ${host} returns ${again} for ${isOfHead ? 'HEAD requests' : 'pulls'}, instead of a response from Harbor`,
      whatToDo: isOfHead
        ? 'allow HEAD as well as GET for /v2/ in the proxy, firewall or load balancer: clients begin pulls with HEAD'
        : again === 504 || again === 499
          ? 'raise its timeout for /v2/: a first pull waits for the upstream; read its log, and that of core'
          : 'read its log, and that of core: the proxy, firewall or load balancer blocks or loses pulls',
    }),
  },
];
