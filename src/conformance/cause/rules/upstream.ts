import type { Evidence } from '../../model/outcome';
import type { OriginFinding } from '../../support/ask-origin';
import type { Failure, Findings } from '../findings';
import { foundBy, isProblem, type Rule } from '../rule';
import { connectionFaultOf } from '../connection-fault';
import { lastBadPull } from '../symptom';

/** `upstream quay.io`, to begin or continue a sentence with. */
export function upstreamName({ upstream }: Findings): string {
  return upstream === undefined ? 'the upstream' : `upstream ${upstream}`;
}

/** Harbor returned an error, or nothing, for an image that it had to fetch. */
export function isFetch({ symptom, problem }: Failure): boolean {
  const ofUpstream = ['registry-unhealthy', 'not-a-manifest', 'not-listed'];
  return ofUpstream.includes(problem?.kind ?? '') || ['missing', 'broken', 'rate-limited'].includes(symptom ?? '');
}

/**
 * The same manifest is served by now: then what the upstream says to this machine does not explain why it was not. By
 * tag only, because what is asked again is the tag.
 */
function isOver({ symptom, result }: Failure, { again, isOfRegistry, isOfHead }: Findings): boolean {
  if (symptom === undefined || again !== 200 || isOfRegistry === false || isOfHead === true) return false;
  const bad = lastBadPull(result.requests);
  return bad === undefined || /\/manifests\/(?!sha256:)[^/]+$/.test(bad.url);
}

/** The upstream served the image to this machine, completely and now. */
export function isServing(
  origin: OriginFinding | undefined,
): origin is Extract<OriginFinding, { readonly state: 'answers' }> {
  return origin?.state === 'answers' && origin.status === 200 && origin.isManifest;
}

/** What was tried from here and through Harbor, also what could not be: a reader judges the cause by it. */
export function evidenceOf({ origin, registryStatus, reaches, again }: Findings): Evidence[] {
  return [
    { label: 'checked from here', value: describe(origin) },
    ...(again === undefined
      ? []
      : [
          {
            label: 'requested through Harbor again',
            value: again === 'silent' ? 'no response in time' : String(again),
          },
        ]),
    ...(registryStatus === undefined ? [] : [{ label: 'registry in Harbor', value: registryStatus }]),
    ...(reaches === undefined
      ? []
      : [
          {
            label: 'Harbor can reach it now',
            value: reaches === 'silent' ? 'it is still trying' : reaches ? 'yes' : 'no',
          },
        ]),
  ];
}

function describe(origin: OriginFinding | undefined): string {
  if (origin === undefined) return 'not checked';
  return origin.state === 'unreachable' ? origin.why : `${origin.status} [${origin.requestId}]`;
}

/** A failed fetch, if the upstream responds to this machine like that. */
export function answering(isSo: (status: number, findings: Findings) => boolean): Rule['seen'] {
  return (failure, findings) => {
    const { origin } = findings;
    if (!isFetch(failure) || origin?.state !== 'answers' || isOver(failure, findings)) return undefined;
    return isSo(origin.status, findings) ? evidenceOf(findings) : undefined;
  };
}

/** A page with this status comes from a proxy or firewall on the way, not from the registry. */
const isRefusal = (status: number, { origin }: Findings): boolean =>
  (status === 401 || status === 403) && !(origin?.state === 'answers' && origin.isPage === true);

/** Harbor passes on a limit of the upstream as the error of a registry. */
const isLimitedNow = ({ again, isOfRegistry, blobAgain }: Findings): boolean =>
  (again === 429 && isOfRegistry !== false) || (blobAgain?.status === 429 && blobAgain.isOfRegistry !== false);

const login = ({ origin }: Findings): number | undefined => (origin?.state === 'answers' ? origin.login : undefined);
/** Whether the declaration has a credential for the upstream; Harbor may have stored another one. */
export const hasLogin = ({ project }: Findings): boolean => project?.origin?.credential !== undefined;
const rotate = ({ project }: Findings): { readonly command?: string } =>
  project?.registry === undefined ? {} : { command: `breakwater apply --rotate registry/${project.registry}` };

/** If the check does not name it: the only one that is declared. */
function imageOf(image: string | undefined, { project }: Findings): string {
  return image ?? (project?.images.length === 1 ? project.images[0] : undefined) ?? 'such image';
}

/** The same pull through Harbor still fails: a single failure may have been a short outage of the upstream. */
export const failsStill = ({ again }: Findings): boolean =>
  again === 404 || (typeof again === 'number' && again >= 500);

/**
 * A failed fetch, by what the same request from this machine shows:
 *
 *       from here                    cause (first that fits)
 *       no connection                network (no upstream at all), upstream-unreachable, upstream-cut-off
 *       429                          upstream-limit
 *       401, 403, not a page         upstream-repository-refused, upstream-credential, upstream-wants-login
 *       404, /v2/ not of a registry  not-a-registry
 *       404, /v2/ is a registry      image-removed
 *       other errors                 upstream-broken
 *       200 without a manifest       none here: see UPSTREAM_CONTENT
 *       200 with the manifest        none here: see HARBOR_SIDE
 */
export const UPSTREAM: readonly Rule[] = [
  {
    kind: 'network',
    rank: 'outage',
    party: 'network',
    seen: (failure, findings) => {
      const { reach, reaches, origin } = findings;
      const isCut = reach !== undefined && reach.asked >= 2 && reach.reached === 0 && !reach.isOwn;
      return isFetch(failure) &&
        !isOver(failure, findings) &&
        isCut &&
        reaches !== true &&
        origin?.state === 'unreachable'
        ? evidenceOf(findings)
        : undefined;
    },
    say: (_failure, { reach }) => ({
      words: `none of ${reach?.asked ?? 0} upstreams can be reached from here`,
      whatToDo: "check this network's internet access, DNS and firewall: Harbor may use the same",
    }),
  },
  {
    kind: 'upstream-unreachable',
    rank: 'outage',
    party: 'upstream',
    // If Harbor reaches it now, only this machine is cut off.
    seen: (failure, findings) =>
      isFetch(failure) &&
      !isOver(failure, findings) &&
      findings.origin?.state === 'unreachable' &&
      findings.reaches !== true &&
      !findings.reach?.isOwn
        ? evidenceOf(findings)
        : undefined,
    say: (_failure, findings) => {
      const { origin } = findings;
      const way = connectionFaultOf(origin?.state === 'unreachable' ? origin.code : 'NETWORK_OTHER');
      const elsewhere = origin?.state === 'unreachable' ? origin.elsewhere : undefined;
      if (elsewhere !== undefined)
        return {
          words: `${upstreamName(findings)} sends clients to ${elsewhere} for tokens, which cannot be reached from here${way.words}`,
          whatToDo: `check the status page of the upstream; on this network, allow access to ${elsewhere}, also for Harbor (DNS, firewall)`,
        };
      return { words: `${upstreamName(findings)} cannot be reached from here${way.words}`, whatToDo: way.whatToDo };
    },
  },
  {
    kind: 'upstream-cut-off',
    rank: 'outage',
    party: 'upstream or network',
    // This machine reaches no upstream at all, so that only Harbor's word counts.
    seen: (failure, findings) =>
      isFetch(failure) &&
      findings.origin?.state === 'unreachable' &&
      findings.reach?.isOwn === true &&
      findings.reaches === false &&
      failsStill(findings)
        ? evidenceOf(findings)
        : undefined,
    say: (_failure, findings) => ({
      words: `Harbor cannot reach ${upstreamName(findings)}; this machine reaches no upstream, and cannot tell whose fault it is`,
      whatToDo:
        "check on Harbor's own machine that it reaches the upstream (proxy settings, DNS, firewall), then the upstream's status page",
    }),
  },
  {
    kind: 'upstream-limit',
    rank: 'outage',
    party: 'upstream',
    seen: (failure, findings) => {
      const { origin, reaches, project } = findings;
      const isHere = origin?.state === 'answers' && origin.status === 429 && !isOver(failure, findings);
      // Harbor passes on a limit of pulls, but not one of tokens. If it reaches the upstream, and returns another error,
      // only this machine is limited.
      const isOfBoth = isHere && (reaches !== true || origin.isOfToken === true);
      const isHarbors = isLimitedNow(findings) && project !== undefined;
      return isFetch(failure) && (isHarbors || isOfBoth) ? evidenceOf(findings) : undefined;
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
      return answering((status) => isRefusal(status, findings) && hasLogin(findings))(failure, findings);
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
    // A login that could not be tried, or was limited, is not refused.
    seen: (failure, findings) => {
      if (![401, 403].includes(login(findings) ?? 0)) return undefined;
      if (isProblem(failure, 'login-refused')) return [foundBy(failure)];
      return answering((status) => isRefusal(status, findings) && hasLogin(findings))(failure, findings);
    },
    say: (_failure, findings) => ({
      words: `${upstreamName(findings)} refuses the declared credential`,
      whatToDo:
        'it expired or was revoked: renew it at the upstream, store it where the declaration reads it, then apply',
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
        : answering((status) => isRefusal(status, findings) && !hasLogin(findings))(failure, findings),
    say: (_failure, findings) => ({
      words: `${upstreamName(findings)} requires a login, but none is declared`,
      whatToDo: 'declare credential: for the registry; some upstreams return the same for images that do not exist',
    }),
  },
  {
    kind: 'not-a-registry',
    rank: 'outage',
    party: 'declaration',
    seen: answering(
      (status, { origin }) => status === 404 && origin?.state === 'answers' && origin.isRegistry === false,
    ),
    say: (_failure, findings) => ({
      words: `${upstreamName(findings)} does not answer /v2/ as a registry does`,
      whatToDo: 'correct url: of the registry in the declaration, or check the proxy in front of the upstream',
    }),
  },
  {
    kind: 'image-removed',
    rank: 'proof',
    party: 'upstream',
    seen: answering(
      (status, { origin }) => status === 404 && origin?.state === 'answers' && origin.isRegistry === true,
    ),
    say: ({ result }, findings) => ({
      subject: imageOf(result.image, findings),
      plural: 'images do not exist upstream (404)',
      words: `${upstreamName(findings)} has no ${imageOf(result.image, findings)} (404)`,
      whatToDo: 'it was removed or renamed upstream: declare another image under conformance.pull',
    }),
  },
  {
    kind: 'upstream-broken',
    rank: 'outage',
    party: 'upstream',
    // Refusals, limits and missing images have causes of their own.
    seen: answering(
      (status, findings) => status >= 400 && ![404, 429].includes(status) && !isRefusal(status, findings),
    ),
    say: (_failure, findings) => {
      const status = findings.origin?.state === 'answers' ? findings.origin.status : 500;
      return {
        words: `${upstreamName(findings)} returns errors (${status})`,
        whatToDo:
          status >= 500
            ? 'check its status page; there is nothing to fix on this side'
            : 'check url: of the registry, and the proxy in front of the upstream: Harbor needs HEAD and GET below /v2/',
      };
    },
  },
];
