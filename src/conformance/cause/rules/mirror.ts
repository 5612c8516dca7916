import type { RequestRecord } from '../../../oci';
import type { Evidence } from '../../model/outcome';
import type { Problem, ProblemKind } from '../../model/problem';
import type { Failure, Findings } from '../findings';
import { foundBy, problemIs, type Rule } from '../rule';
import { lastBadPull } from '../symptom';
import { connectionFaultOf } from '../connection-fault';

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');

/** Whether this host is a mirror domain of the project: several may serve one project. */
const isMirror = ({ project }: Findings, host: string): boolean =>
  (project?.mirrors ?? []).some(({ url }) => hostOf(url) === host);

/**
 * The request to a mirror domain without a response, if a check ended with it. One that waits for a Harbor that is silent
 * itself is not to blame.
 */
function unanswered({ result }: Failure, findings: Findings): RequestRecord | undefined {
  const last = result.requests.at(-1);
  if (last?.errorCode === 'NETWORK_TIMEOUT' && findings.again === 'silent') return undefined;
  return last && last.status === undefined && isMirror(findings, hostOf(last.url)) ? last : undefined;
}

/** A pull through a mirror domain that failed, while the same pull from Harbor itself works. */
function failedPull({ result, symptom }: Failure, findings: Findings): RequestRecord | undefined {
  const last = symptom === undefined ? undefined : lastBadPull(result.requests);
  return last && findings.again === 200 && isMirror(findings, hostOf(last.url)) ? last : undefined;
}

/** Findings that explain more come first: for example, a realm on another host explains why no login works. */
const KINDS = ['mirror-elsewhere', 'mirror-page', 'mirror-other-image', 'mirror-login', 'mirror-answer'] as const;

/**
 * The problem of the mirror domain of this failure, as this check or another one found it. A failure with a problem of
 * its own is only explained by one of the same domain; one without (no response was wrong by itself) by any problem of
 * the domains that it sent a request to. If a domain has several, the first of `KINDS` counts.
 */
function mirrorProblem(failure: Failure, { problems, project }: Findings): Problem | undefined {
  const { problem, result } = failure;
  const isOfMirror = problem === undefined || KINDS.some((kind) => kind === problem.kind);
  if (!isOfMirror) return undefined;
  const asked = new Set(result.requests.map(({ url }) => hostOf(url)));
  const hosts = (project?.mirrors ?? []).map(({ url }) => hostOf(url)).filter((host) => asked.has(host));
  const known = problems.filter(({ subject = '' }) =>
    problem ? subject === problem.subject : hosts.includes(subject),
  );
  return KINDS.flatMap((kind) => known.find((one) => one.kind === kind) ?? [])[0];
}

/** The finding about a mirror domain, if it has that kind. */
function foundAtMirror(kind: ProblemKind): (failure: Failure, findings: Findings) => Evidence[] | undefined {
  return (failure, findings) => {
    const problem = mirrorProblem(failure, findings);
    if (problem?.kind !== kind) return undefined;
    return [{ label: 'the mirror domain returned', value: problem.value ?? 'something else' }];
  };
}

const RENDER = 'render its configuration again, and compare it with the running one';
/** For the words of a cause: the domain that the problem is about, or that the pull failed at. */
const hostIn = (failure: Failure, findings: Findings): string =>
  mirrorProblem(failure, findings)?.subject ?? hostOf(failedPull(failure, findings)?.url ?? '');
const COMMAND = 'breakwater mirror render';

/**
 * The own domains that serve a project without its name in the path. Each cause but the first needs a problem that a
 * check found there, or a pull that fails there while Harbor itself serves it. The first that fits:
 *
 *       the mirror domain                            and                      cause
 *       does not respond                                                      mirror-unreachable
 *       sends clients to another host                                         mirror-elsewhere
 *       wants a login (401, 403)                     declared private         mirror-of-private-project
 *       wants a login (401, 403)                     not known to be private  mirror-wants-login
 *       sends a page or a redirect                                            mirror-page
 *       serves another digest than the project                                mirror-other-image
 *       sends anything else                                                   mirror-broken
 *       serves another response with ?ns=                                     ns-refused
 */
export const MIRROR: readonly Rule[] = [
  {
    kind: 'mirror-unreachable',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) => {
      const last = unanswered(failure, findings);
      return last && [{ label: 'asked', value: last.error ?? 'no answer' }];
    },
    say: (failure, findings) => {
      const last = unanswered(failure, findings);
      const { words, whatToDo } = connectionFaultOf(last?.errorCode ?? 'NETWORK_OTHER');
      return { words: `mirror domain ${hostOf(last?.url ?? '')} cannot be reached from here${words}`, whatToDo };
    },
  },
  {
    kind: 'mirror-elsewhere',
    rank: 'outage',
    party: 'front door',
    seen: foundAtMirror('mirror-elsewhere'),
    say: (failure, findings) => ({
      words: `mirror domain ${hostIn(failure, findings)} sends clients to ${mirrorProblem(failure, findings)?.value ?? 'another host'}`,
      whatToDo: `its challenge and redirects must name the mirror domain or Harbor: ${RENDER}`,
      command: COMMAND,
    }),
  },
  {
    kind: 'mirror-of-private-project',
    rank: 'outage',
    party: 'declaration',
    // Both parts are declared: no proxy configuration can make this work for Docker, so this is not about the proxy.
    seen: (failure, findings) => {
      const isRefused = ['refused', 'denied'].includes(failure.symptom ?? '') && failedPull(failure, findings);
      const isLogin = mirrorProblem(failure, findings)?.kind === 'mirror-login';
      return (isLogin || isRefused) && findings.project?.public === false
        ? [foundBy(failure), { label: 'declared', value: 'public: false' }]
        : undefined;
    },
    say: () => ({
      words: 'a mirror domain is in front of a private project: Docker sends no credential to mirrors',
      whatToDo: 'set public: true on the project, or remove conformance.mirrors and have clients use the full name',
    }),
  },
  {
    kind: 'mirror-wants-login',
    rank: 'outage',
    party: 'front door',
    seen: (failure, findings) => {
      // Declared public but private in Harbor: the project is the cause (project-closed), not its mirror.
      const isClosed = findings.live?.state === 'present' && findings.live.metadata['public'] !== 'true';
      const found = mirrorProblem(failure, findings)?.kind;
      const isRefused = ['refused', 'denied'].includes(failure.symptom ?? '') && failedPull(failure, findings);
      // With another response found there, a 403 is not one of a login.
      const isLogin = found === 'mirror-login' || (isRefused && found !== 'mirror-answer');
      return isLogin && !isClosed ? [foundBy(failure)] : undefined;
    },
    say: (failure, findings) => ({
      words: `mirror domain ${hostIn(failure, findings)} asks for a login`,
      whatToDo: `its proxy must not require a password, and must name this project in the path and in the token scope: ${RENDER}`,
      command: COMMAND,
    }),
  },
  {
    kind: 'mirror-page',
    rank: 'outage',
    party: 'front door',
    seen: foundAtMirror('mirror-page'),
    say: (failure, findings) => ({
      words: `mirror domain ${hostIn(failure, findings)} returns pages or redirects instead of registry responses`,
      whatToDo: `it must route /v2/ to the project and pass errors on unchanged: ${RENDER}`,
      command: COMMAND,
    }),
  },
  {
    kind: 'mirror-other-image',
    rank: 'outage',
    party: 'front door',
    seen: foundAtMirror('mirror-other-image'),
    say: (failure, findings) => ({
      words: `mirror domain ${hostIn(failure, findings)} serves another image than the project`,
      whatToDo: `it may be in front of another project, or drop ?ns=: ${RENDER}`,
      command: COMMAND,
    }),
  },
  {
    kind: 'mirror-broken',
    rank: 'outage',
    party: 'front door',
    // The checks report `mirror-answer` only if Harbor itself does not fail in the same way.
    seen: (failure, findings) =>
      mirrorProblem(failure, findings)?.kind === 'mirror-answer' || failedPull(failure, findings)
        ? [foundBy(failure)]
        : undefined,
    say: (failure, findings) => {
      const status = mirrorProblem(failure, findings)?.value ?? failedPull(failure, findings)?.status ?? 'errors';
      return {
        words: `mirror domain ${hostIn(failure, findings)} returns ${status}; Harbor itself does not`,
        whatToDo: `read the log of its proxy; ${RENDER}`,
        command: COMMAND,
      };
    },
  },
  {
    kind: 'ns-refused',
    rank: 'outage',
    party: 'front door',
    seen: problemIs('ns-ignored'),
    say: ({ problem }) => ({
      words: `${problem?.subject ?? 'the front door'} responds differently when containerd adds ?ns= to the URL`,
      whatToDo: 'have the proxy in front of Harbor pass on the query of /v2/ requests unchanged',
    }),
  },
];
