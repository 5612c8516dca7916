import { NetworkError, type NetworkErrorCode } from '../../errors';
import type { RequestRecord } from '../../oci';
import type { CheckContext } from '../model/context';
import { evidence } from '../model/outcome';
import type { Cause, CheckResult } from '../model/result';
import type { ProjectTarget } from '../model/target';
import { within } from '../pull/time-bound';
import type { Reach, UpstreamProbes } from './upstream-probes';
import { realmEvidence, realmWords } from './rules/realm';
import { connectionFaultOf } from './connection-fault';

const PROBE_WITHIN_MS = 10_000;
/** Enough to distinguish a Harbor that is down from a machine without network. */
const MAX_UPSTREAMS = 3;

/** Whether a host check got no response from this host: then nothing else needs to be tried. */
export function isUnreachable({ project, status, requests }: CheckResult, host: string): boolean {
  return project === undefined && status === 'error' && requests.some((request) => isUnanswered(request, host));
}

/** A request may also have gone to another host: to the realm of a challenge, or to the storage of a blob. */
function isUnanswered({ error, url }: RequestRecord, host: string): boolean {
  return error !== undefined && hostOf(url) === host;
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

/** Why Harbor does not respond; undefined if it responded, or responds now. Contacts a few upstreams to compare. */
export async function probeFrontDoor(
  context: CheckContext,
  { projects, results }: { readonly projects: readonly ProjectTarget[]; readonly results: readonly CheckResult[] },
  probes: UpstreamProbes,
): Promise<Cause | undefined> {
  const isCertain = results.some((result) => isUnreachable(result, context.anonymous.url.host));
  if (!isCertain && !results.some((result) => isLost(result, context))) return undefined;
  return (
    (await knockedCause(context, projects, probes)) ?? (isCertain ? wasAway(context.anonymous.url.host) : undefined)
  );
}

/** Why Harbor does not respond now; undefined if it does. Contacts a few upstreams to compare. */
export async function knockedCause(
  context: CheckContext,
  projects: readonly ProjectTarget[],
  probes: UpstreamProbes,
): Promise<Cause | undefined> {
  const code = await knock(context);
  if (code === 'answers') return undefined;
  const ofUpstreams = [...new Map(projects.map((project) => [project.origin?.url, project])).values()]
    .filter(({ origin }) => origin !== undefined)
    .slice(0, MAX_UPSTREAMS);
  await Promise.all(ofUpstreams.map((project) => probes.ask({ project, wire: context.wire }, project.images[0])));
  return frontDoorCause(context.anonymous.url.host, code, await probes.reach());
}

/** An error after a request to Harbor without a response. */
function isLost({ status, requests }: CheckResult, { anonymous }: CheckContext): boolean {
  const last = requests.at(-1);
  return (
    status === 'error' && last?.status === undefined && last !== undefined && isUnanswered(last, anonymous.url.host)
  );
}

/** A realm on another host: clients request their tokens there. */
export interface ForeignRealm {
  readonly host: string;
  /** Only the scheme differs: the request went to Harbor. */
  readonly isOwn: boolean;
  readonly cause: Cause;
}

/** A challenge that sends clients to another host, as T4 found: none of them gets a token there, except by chance. */
export function foreignRealm(results: readonly CheckResult[], harbor: URL): ForeignRealm | undefined {
  const realm = results.find(({ id }) => id === 'T4')?.evidence.find(({ label }) => label === 'realm')?.value ?? '';
  const host = hostOf(realm);
  if (host === undefined || new URL(realm).origin === harbor.origin) return undefined;
  const cause: Cause = {
    kind: 'foreign-realm',
    rank: 'outage',
    party: 'front door',
    ...realmWords(harbor.host, realm),
    evidence: [...realmEvidence(realm), evidence('expected', `${harbor.origin}/service/token`)],
  };
  return { host, isOwn: host === harbor.host, cause };
}

/** What a realm on another host explains: the checks of the challenge, and all that got no token there. */
export function blameRealm(
  results: readonly CheckResult[],
  { host, isOwn, cause }: ForeignRealm,
  harbor: URL,
): CheckResult[] {
  const isOfIt = ({ id, status, requests }: CheckResult): boolean =>
    (status === 'fail' && ['T4', 'T5'].includes(id)) ||
    ((status === 'error' || status === 'fail') && !isOwn && requests.some(({ url }) => hostOf(url) === host)) ||
    (status === 'error' &&
      !requests.some(({ url, status: answered }) => answered === 200 && hostOf(url) === harbor.host));
  return results.map((result) => (!result.cause && isOfIt(result) ? { ...result, cause } : result));
}

/** Whether Harbor responds now, or why not. */
export async function knock({ anonymous, wire }: CheckContext): Promise<NetworkErrorCode | 'answers'> {
  try {
    const answer = await within(wire, PROBE_WITHIN_MS, (bounded) =>
      anonymous.plain({ method: 'GET', path: '/v2/' }, bounded),
    );
    return answer ? 'answers' : 'NETWORK_TIMEOUT';
  } catch (error) {
    return error instanceof NetworkError ? error.code : 'NETWORK_OTHER';
  }
}

/** Of a Harbor that answers again. */
function wasAway(host: string): Cause {
  return {
    kind: 'front-door-was-away',
    rank: 'outage',
    party: 'front door',
    words: `${host} could not be reached for a while, but responds again`,
    evidence: [{ label: 'asked again', value: 'answers' }],
    whatToDo: 'check what was restarted at that time, then run again',
  };
}

/** Some server was reached: then the network of this machine works. */
const REACHED: readonly NetworkErrorCode[] = ['NETWORK_REFUSED', 'NETWORK_TLS', 'NETWORK_RESET'];

/**
 * Whether Harbor or this machine is cut off, by what else this machine reaches. The first that fits:
 *
 *       second attempt at Harbor          upstreams from here               cause
 *       the name does not resolve         no name resolves                  own-dns
 *       no server reached                 two or more, none reached         offline
 *       any                               any                               front-door-unreachable
 *
 * Refused, reset and failed TLS mean that a server was reached, so the network of this machine works.
 * @param code of a second attempt after the first one failed
 */
export function frontDoorCause(host: string, code: NetworkErrorCode, reach: Reach): Cause {
  const { asked, reached, unresolved = 0 } = reach;
  const evidence = [
    { label: 'second attempt', value: code },
    { label: 'upstreams that this machine can reach', value: `${reached} of ${asked}` },
  ];
  const own = { rank: 'outage', party: 'this machine', evidence } as const;
  if (code === 'NETWORK_DNS' && asked > 0 && unresolved === asked)
    return {
      kind: 'own-dns',
      ...own,
      words: `this machine can resolve neither ${host} nor any upstream (${asked})`,
      whatToDo: 'check the DNS server of this machine (/etc/resolv.conf); nothing is known of Harbor itself',
    };
  if (asked > 1 && reached === 0 && !REACHED.includes(code))
    return {
      kind: 'offline',
      ...own,
      words: `this machine can reach neither ${host} nor any upstream (${asked})`,
      whatToDo: 'check its network, DNS and firewall; requests do not go through an HTTP proxy',
    };
  const { words, whatToDo } = connectionFaultOf(code);
  const party = code === 'NETWORK_DNS' ? 'DNS' : 'front door';
  const shown = { words: `${host} cannot be reached from here${words}`, evidence, whatToDo };
  return { kind: 'front-door-unreachable', rank: 'outage', party, ...shown };
}

/** An unreachable Harbor is the cause of every undetermined result, and of the findings of its host checks. */
export function blameFrontDoor(results: readonly CheckResult[], cause: Cause): CheckResult[] {
  const isOfIt = ({ project, status, cause: known }: CheckResult): boolean =>
    !known && (status === 'error' || (status === 'fail' && project === undefined));
  return results.map((result) => (isOfIt(result) ? { ...result, cause } : result));
}
