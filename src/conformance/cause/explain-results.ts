import type { RegistryClient } from '../../oci';
import { mapBounded } from '../../map-bounded';
import { pingUpstream } from '../harbor-api';
import type { CheckContext } from '../model/context';
import { blameFrontDoor, blameRealm, foreignRealm, probeFrontDoor } from './front-door';
import { pullerOf } from '../pull/puller';
import type { CheckResult } from '../model/result';
import { failuresOf, inherit, probe, withCauses, type Probed } from './explain';
import type { Findings } from './findings';
import { Probes, quietly } from './probes';
import { UpstreamProbes, type Reach } from './upstream-probes';

interface Asking {
  readonly client: RegistryClient;
  /** Projects that are probed at the same time. */
  readonly concurrency: number;
}

/**
 * Adds the cause to each result that did not pass, as far as probes can find it. From the outside to the inside,
 * because an outer fault explains the inner ones:
 *
 *      1. a token realm on another host (T4)     explains everything that got no token there
 *      2. Harbor does not respond                explains every error, after one more try and a look at upstreams
 *      3. clocks, state of Harbor                once a run, if something failed
 *      4. projects, a few at a time              the rules of `RULES`
 *      5. reach of this machine                  compared with upstreams of projects that pull well
 *      6. what only repeats another result       gets the cause of that one
 */
export async function explainResults(
  context: CheckContext,
  { client, concurrency }: Asking,
  found: readonly CheckResult[],
): Promise<readonly CheckResult[]> {
  const realm = foreignRealm(found, context.anonymous.url);
  const results = realm ? blameRealm(found, realm, context.anonymous.url) : found;
  const { projects } = context.target;
  const probes = new Probes();
  const ofHost = results.filter(({ project }) => project === undefined);
  const base: Findings = {
    host: context.anonymous.url.host,
    problems: ofHost.flatMap(({ problems }) => problems ?? []),
  };
  const explained = (one: CheckResult, findings: Findings): CheckResult =>
    withCauses({ result: one, failures: failuresOf(one).map((failure) => ({ failure, findings })) }, undefined);
  const door = await probeFrontDoor(context, { projects, results }, probes.upstreams);
  if (door) {
    // A certificate problem explains more than the failed TLS handshake.
    const certificate = ofHost.map((one) => explained(one, base)).find(({ cause }) => cause?.rank === 'outage')?.cause;
    return blameFrontDoor(results, certificate ?? door).map((one) => explained(one, base));
  }
  const isClock = base.problems.some(({ kind }) => kind === 'clock-skew');
  const ofUpstreams = [...new Map(projects.map((project) => [project.origin?.url, project])).values()];
  const upstreamSkews = isClock
    ? await probes.upstreams.skews(ofUpstreams.map((project) => ({ project, wire: context.wire })))
    : [];
  const isAllWell = results.every((one) => failuresOf(one).length === 0);
  const harbor = isAllWell ? undefined : await probes.harbor(context);
  const known: Findings = { ...base, upstreamSkews, storing: storingIn(results), ...(harbor && { harbor }) };
  const probed = await mapBounded(projects, concurrency, async (project) => {
    const own = results.filter((result) => result.project === project.name);
    return probe({ ...context, project, puller: pullerOf(client, project) }, own, probes, known);
  });
  const reach = await compared(context, probed.flat(), probes.upstreams);
  return inherit([
    ...ofHost.map((one) => explained(one, known)),
    ...probed.flat().map((one) => withCauses(one, reach)),
  ]);
}

const MAX_COMPARED = 2;
/** Harbor tests an upstream for seconds, where it is down. */
const MAX_PINGED = 4;

/**
 * If this machine reached none of the upstreams, others that Harbor reaches are probed, too: those of projects that pull
 * well, and those that pass Harbor's own test. If this machine does not reach them either, its view of an upstream proves
 * nothing.
 */
async function compared(context: CheckContext, probed: readonly Probed[], probes: UpstreamProbes): Promise<Reach> {
  const reach = await probes.reach();
  if (reach.asked === 0 || reach.reached > 0) return reach;
  const bad = new Set(probed.flatMap(({ result, failures }) => (failures.length > 0 ? [result.project] : [])));
  const asked = new Set(probed.flatMap(({ failures }) => failures.map(({ findings }) => unreachedOf(findings))));
  const all = context.target.projects.filter(({ origin }) => origin !== undefined && !asked.has(origin.url));
  const reached = await mapBounded(all.slice(0, MAX_PINGED), MAX_COMPARED, async (project) => {
    const isReached =
      !bad.has(project.name) || (await quietly(() => pingUpstream({ ...context, project }, context.wire)));
    return isReached === true ? [project] : [];
  });
  const others = new UpstreamProbes();
  const compare = reached.flat().slice(0, MAX_COMPARED);
  await Promise.all(compare.map((project) => others.ask({ project, wire: context.wire }, project.images[0])));
  const found = await others.reach();
  return { ...reach, isOwn: found.asked > 0 && found.reached === 0 };
}

/** The upstream that this machine did not reach, if this finding is about one. */
function unreachedOf({ origin, project }: Findings): string | undefined {
  return origin?.state === 'unreachable' ? project?.origin?.url : undefined;
}

/** What the scenario of a first pull found out about caching, in all projects together. */
function storingIn(results: readonly CheckResult[]): NonNullable<Findings['storing']> {
  const failed = results.filter(({ problems = [] }) => problems.some(({ kind }) => kind === 'not-stored'));
  const fresh = results.filter(({ evidence }) => evidence.some(({ label }) => label === 'cached after'));
  return { failed: new Set(failed.map(({ project }) => project)).size, fresh: fresh.length };
}
