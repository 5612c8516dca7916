import { NetworkError, type NetworkErrorCode } from '../errors';
import type { CheckContext } from './context';
import type { Cause, CheckResult } from './result';
import type { ProjectTarget } from './target';
import { within } from './time-bound';
import type { Reach, UpstreamProbes } from './cause/upstream-probes';
import { wayOf } from './cause/way';

const PROBE_WITHIN_MS = 10_000;
/** Enough to tell a Harbor that is away from a machine that reaches nothing. */
const MAX_UPSTREAMS = 3;

/** Whether a host check got no answer at all: then nothing else needs to be tried. */
export function isUnreachable({ project, status, requests }: CheckResult): boolean {
  return project === undefined && status === 'error' && requests.some(({ error }) => error !== undefined);
}

/** Why Harbor does not answer; undefined where it was seen to answer, or answers now. Asks a few upstreams to compare. */
export async function probeFrontDoor(
  context: CheckContext,
  { projects, results }: { readonly projects: readonly ProjectTarget[]; readonly results: readonly CheckResult[] },
  probes: UpstreamProbes,
): Promise<Cause | undefined> {
  const isCertain = results.some(isUnreachable);
  if (!isCertain && !results.some((result) => isLost(result, context))) return undefined;
  const code = await knock(context);
  if (code === 'answers' && !isCertain) return undefined;
  const ofUpstreams = [...new Map(projects.map((project) => [project.origin?.url, project])).values()]
    .filter(({ origin }) => origin !== undefined)
    .slice(0, MAX_UPSTREAMS);
  await Promise.all(ofUpstreams.map((project) => probes.ask({ project, wire: context.wire }, project.images[0])));
  return frontDoorCause(context.anonymous.url.host, code, await probes.reach());
}

/** An error after a request to Harbor that nobody answered. */
function isLost({ status, requests }: CheckResult, { anonymous }: CheckContext): boolean {
  const last = requests.at(-1);
  if (status !== 'error' || !last || last.status !== undefined) return false;
  return last.error !== undefined && new URL(last.url).host === anonymous.url.host;
}

async function knock({ anonymous, wire }: CheckContext): Promise<NetworkErrorCode | 'answers'> {
  try {
    const answer = await within(wire, PROBE_WITHIN_MS, (bounded) =>
      anonymous.plain({ method: 'GET', path: '/v2/' }, bounded),
    );
    return answer ? 'answers' : 'NETWORK_TIMEOUT';
  } catch (error) {
    return error instanceof NetworkError ? error.code : 'NETWORK_OTHER';
  }
}

/** @param code of a second try after the first had failed */
export function frontDoorCause(host: string, code: NetworkErrorCode | 'answers', { asked, reached }: Reach): Cause {
  const evidence = [
    { label: 'asked again', value: code },
    { label: 'upstreams that this machine reaches', value: `${reached} of ${asked}` },
  ];
  if (code === 'answers')
    return {
      party: 'front door',
      words: `${host} could not be reached for a while, and answers again`,
      evidence,
      whatToDo: 'look at what was restarted at that time; the next run proves the rest',
    };
  const { words, whatToDo } = wayOf(code);
  if (asked > 0 && reached === 0)
    return {
      party: 'this machine',
      words: `this machine reaches neither ${host} nor any upstream that it asked (${asked})`,
      evidence,
      whatToDo: 'look at its network, DNS and firewall; requests go straight there, through no HTTP proxy',
    };
  const party = code === 'NETWORK_DNS' ? 'DNS' : 'front door';
  return { party, words: `${host} cannot be reached from here${words}`, evidence, whatToDo };
}

/** Harbor that cannot be reached is the cause of everything that could not be found out, and of what its host checks say. */
export function blameFrontDoor(results: readonly CheckResult[], cause: Cause): CheckResult[] {
  const isOfIt = ({ project, status, cause: known }: CheckResult): boolean =>
    !known && (status === 'error' || (status === 'fail' && project === undefined));
  return results.map((result) => (isOfIt(result) ? { ...result, cause } : result));
}
