import type { Evidence } from '../../model/outcome';
import type { OriginFinding } from '../ask-origin';
import type { Failure, Findings } from '../findings';
import { foundBy, isProblem, type Rule } from '../rule';
import { connectionFaultOf } from '../connection-fault';

export function upstreamName({ upstream }: Findings): string {
  return upstream === undefined ? 'the upstream' : `upstream ${upstream}`;
}

/** Harbor returned an error, or nothing, for an image that it had to fetch. */
export function isFetch({ symptom, problem }: Failure): boolean {
  const isOfUpstream = problem?.kind === 'registry-unhealthy' || problem?.kind === 'not-a-manifest';
  return isOfUpstream || ['missing', 'broken', 'rate-limited'].includes(symptom ?? '');
}

function evidenceOf({ origin, registryStatus, reaches, again }: Findings): Evidence[] {
  return [
    { label: 'checked from here', value: describe(origin) },
    ...(again === undefined ? [] : [{ label: 'requested through Harbor again', value: String(again) }]),
    ...(registryStatus === undefined ? [] : [{ label: 'registry in Harbor', value: registryStatus }]),
    ...(reaches === undefined ? [] : [{ label: 'Harbor reaches it now', value: reaches ? 'yes' : 'no' }]),
  ];
}

function describe(origin: OriginFinding | undefined): string {
  if (origin === undefined) return 'not checked';
  return origin.state === 'unreachable' ? origin.why : `${origin.status} [${origin.requestId}]`;
}

/** Of a fetch that failed, where the upstream answers this machine like that. */
function answering(isSo: (status: number, findings: Findings) => boolean): Rule['seen'] {
  return (failure, findings) => {
    const { origin } = findings;
    if (!isFetch(failure) || origin?.state !== 'answers') return undefined;
    return isSo(origin.status, findings) ? evidenceOf(findings) : undefined;
  };
}

const isRefusal = (status: number): boolean => status === 401 || status === 403;
const login = ({ origin }: Findings): number | undefined => (origin?.state === 'answers' ? origin.login : undefined);
const hasLogin = ({ project }: Findings): boolean => project?.origin?.credential !== undefined;
const rotate = ({ project }: Findings): { readonly command?: string } =>
  project?.registry === undefined ? {} : { command: `breakwater apply --rotate registry/${project.registry}` };

/** The image was answered to this machine, whole and now. */
const isServedHere = ({ origin }: Findings): boolean =>
  origin?.state === 'answers' && origin.status === 200 && origin.isManifest;

/** The same pull through Harbor fails still: what failed once may have been an upstream that was away for a moment. */
const failsStill = ({ again }: Findings): boolean => again === 404 || (again !== undefined && again >= 500);

export const UPSTREAM: readonly Rule[] = [
  {
    kind: 'network',
    rank: 'outage',
    party: 'network',
    seen: (failure, findings) => {
      const { reach, reaches, origin } = findings;
      const isCut = reach !== undefined && reach.asked >= 2 && reach.reached === 0;
      return isFetch(failure) && isCut && reaches !== true && origin?.state === 'unreachable'
        ? evidenceOf(findings)
        : undefined;
    },
    say: (_failure, { reach }) => ({
      words: `none of ${reach?.asked ?? 0} upstreams can be reached from here`,
      whatToDo: 'check the way out of this network, DNS and firewall: Harbor may be behind the same',
    }),
  },
  {
    kind: 'upstream-unreachable',
    rank: 'outage',
    party: 'upstream',
    // Harbor that reaches it now has no such excuse: then only this machine is cut off.
    seen: (failure, findings) =>
      isFetch(failure) && findings.origin?.state === 'unreachable' && findings.reaches !== true
        ? evidenceOf(findings)
        : undefined,
    say: (_failure, findings) => {
      const way = connectionFaultOf(findings.origin?.state === 'unreachable' ? findings.origin.code : 'NETWORK_OTHER');
      return { words: `${upstreamName(findings)} cannot be reached from here${way.words}`, whatToDo: way.whatToDo };
    },
  },
  {
    kind: 'upstream-limit',
    rank: 'outage',
    party: 'upstream',
    seen: (failure, findings) => {
      const isLimited = findings.origin?.state === 'answers' && findings.origin.status === 429;
      return failure.symptom === 'rate-limited' || (isFetch(failure) && isLimited) ? evidenceOf(findings) : undefined;
    },
    say: (_failure, findings) => ({
      words: `${upstreamName(findings)} limits pulls (429)`,
      whatToDo:
        findings.origin?.state === 'answers' && findings.origin.status === 429
          ? 'it limits this machine as well: wait, or give the registry an account that may pull more'
          : "the limit belongs to Harbor's address and account: wait, or give the registry an account that may pull more",
    }),
  },
  {
    kind: 'upstream-repository-refused',
    rank: 'outage',
    party: 'upstream',
    seen: (failure, findings) => {
      if (login(findings) !== 200) return undefined;
      if (isProblem(failure, 'login-refused')) return [foundBy(failure)];
      return answering((status) => isRefusal(status) && hasLogin(findings))(failure, findings);
    },
    say: (_failure, findings) => ({
      words: `the account at ${upstreamName(findings)} may not read this repository`,
      whatToDo: 'its login works: give the account access to the repository, or use another account',
    }),
  },
  {
    kind: 'upstream-credential',
    rank: 'outage',
    party: 'credential',
    seen: (failure, findings) =>
      isProblem(failure, 'login-refused') && login(findings) !== 200
        ? [foundBy(failure)]
        : answering((status) => isRefusal(status) && hasLogin(findings) && login(findings) !== 200)(failure, findings),
    say: (_failure, findings) => ({
      words: `${upstreamName(findings)} refuses the declared credential`,
      whatToDo:
        'it expired or was revoked: renew it at the upstream, put it where the declaration reads it, then apply',
      ...rotate(findings),
    }),
  },
  {
    kind: 'upstream-wants-login',
    rank: 'outage',
    party: 'declaration',
    seen: (failure, findings) =>
      isProblem(failure, 'login-wanted')
        ? [foundBy(failure)]
        : answering((status) => isRefusal(status) && !hasLogin(findings))(failure, findings),
    say: (_failure, findings) => ({
      words: `${upstreamName(findings)} requires a login, but none is declared`,
      whatToDo: 'declare credential: for the registry; some upstreams refuse what does not exist like this, too',
    }),
  },
  {
    kind: 'image-removed',
    rank: 'proof',
    party: 'upstream',
    seen: answering((status) => status === 404),
    say: ({ result }, findings) => ({
      words: `${upstreamName(findings)} has no ${result.image ?? 'such image'} (404)`,
      whatToDo: 'it was removed or renamed upstream: declare another image under conformance.pull',
    }),
  },
  {
    kind: 'upstream-broken',
    rank: 'outage',
    party: 'upstream',
    seen: answering((status) => status >= 500),
    say: (_failure, findings) => ({
      words: `${upstreamName(findings)} returns errors (${findings.origin?.state === 'answers' ? findings.origin.status : 500})`,
      whatToDo: 'check its status page; there is nothing to fix on this side',
    }),
  },
  {
    kind: 'upstream-page',
    rank: 'outage',
    party: 'upstream',
    seen: answering((status, { origin }) => status === 200 && origin?.state === 'answers' && !origin.isManifest),
    say: (_failure, findings) => ({
      words: `${upstreamName(findings)} returns a page instead of the image`,
      whatToDo: 'check the URL of the registry, and for a login page or a captive portal in front of the upstream',
    }),
  },
  {
    kind: 'upstream-blocked',
    rank: 'outage',
    party: 'network',
    // With a credential, Harbor's own test fails for a wrong secret as well: then neither is said.
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
    kind: 'registry-unhealthy',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, findings) =>
      isFetch(failure) &&
      findings.registryStatus === 'unhealthy' &&
      isServedHere(findings) &&
      findings.reaches !== false
        ? evidenceOf(findings)
        : undefined,
    say: (_failure, findings) => ({
      words: `Harbor has marked the registry unhealthy and no longer contacts ${upstreamName(findings)}`,
      whatToDo: 'wait five minutes, Harbor then looks again; if it stays, test the registry in Harbor',
    }),
  },
  {
    kind: 'served-here-only',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, findings) =>
      isFetch(failure) && failure.symptom !== 'rate-limited' && isServedHere(findings) && failsStill(findings)
        ? evidenceOf(findings)
        : undefined,
    say: (_failure, findings) => ({
      words: `Harbor returns ${findings.again ?? 404} for an image that ${upstreamName(findings)} serves to us`,
      whatToDo: "check the registry's stored secret and Harbor's network",
      command: 'breakwater plan --prove-secrets',
    }),
  },
  {
    kind: 'upstream-wrong-bytes',
    rank: 'outage',
    party: 'upstream',
    seen: (failure, { originBlob }) =>
      isProblem(failure, 'wrong-bytes', 'short-bytes') && originBlob === 'wrong'
        ? [foundBy(failure), { label: 'the same blob from the upstream', value: 'wrong, too' }]
        : undefined,
    say: (_failure, findings) => ({
      words: `${upstreamName(findings)} serves wrong bytes`,
      whatToDo:
        'it hands out the same wrong bytes to this machine: report it there, and pull nothing from it until then',
    }),
  },
  {
    kind: 'wrong-bytes',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, { originBlob }) =>
      isProblem(failure, 'wrong-bytes', 'short-bytes') && originBlob === 'right'
        ? [foundBy(failure), { label: 'the same blob from the upstream', value: 'right' }]
        : undefined,
    say: ({ result }, findings) => ({
      words: `Harbor serves wrong bytes for a blob that ${upstreamName(findings)} serves right`,
      whatToDo: `delete ${result.image ?? 'the image'} from Harbor's cache and pull it again; check the disk of the registry storage`,
    }),
  },
  {
    kind: 'damaged-blob',
    rank: 'outage',
    party: 'Harbor or the upstream',
    seen: (failure, { originBlob }) =>
      isProblem(failure, 'wrong-bytes', 'short-bytes') && originBlob === undefined ? [foundBy(failure)] : undefined,
    say: () => ({
      words: 'blobs arrive with wrong bytes',
      whatToDo:
        'pull the same image from the upstream itself: where it is right there, delete it from the cache of Harbor',
    }),
  },
  {
    kind: 'stale',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure) => (isProblem(failure, 'stale') ? [foundBy(failure), ...failure.result.evidence] : undefined),
    say: (_failure, findings) => ({
      words: `Harbor serves another image for a tag than ${upstreamName(findings)} does`,
      whatToDo:
        'delete the artifact from the cache and pull again; if the tag moved within the last minutes, run again',
    }),
  },
  {
    kind: 'image-platform',
    rank: 'proof',
    party: 'declaration',
    seen: (failure, { origin }) => {
      if (!isProblem(failure, 'missing-platform') || origin?.state !== 'answers') return undefined;
      // What was judged is, byte for byte, what the upstream names.
      const isSame = failure.result.requests.some(({ digest }) => digest !== undefined && digest === origin.digest);
      return isSame ? [foundBy(failure), { label: 'digest at the upstream', value: origin.digest ?? '' }] : undefined;
    },
    say: ({ problem, result }) => ({
      words: `${result.image ?? 'the declared image'} is not made for ${problem?.subject ?? 'the platform'}`,
      whatToDo: 'the upstream has no such platform either: change conformance.platforms, or declare another image',
    }),
  },
];
