import type { RegistryClient } from '../../oci';
import { mapBounded } from '../../map-bounded';
import type { CheckContext } from '../model/context';
import { blameFrontDoor, blameRealm, foreignRealm, probeFrontDoor } from '../run/front-door';
import { pullerOf } from '../pull/puller';
import type { CheckResult } from '../model/result';
import { failuresOf, inherit, probe, withCauses } from './explain';
import type { Findings } from './findings';
import { Probes } from './probes';

interface Asking {
  readonly client: RegistryClient;
  /** Projects asked about at once. */
  readonly concurrency: number;
}

/** The results of a run, each that is bad with who is at fault, as far as probes find it out. */
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
    // The fault of the certificate explains more than the failed TLS handshake.
    const certificate = ofHost.map((one) => explained(one, base)).find(({ cause }) => cause?.rank === 'outage')?.cause;
    return blameFrontDoor(results, certificate ?? door).map((one) => explained(one, base));
  }
  const isAllWell = results.every((one) => failuresOf(one).length === 0);
  const harbor = isAllWell ? undefined : await probes.harbor(context);
  const known: Findings = { ...base, ...(harbor && { harbor }) };
  const probed = await mapBounded(projects, concurrency, async (project) => {
    const own = results.filter((result) => result.project === project.name);
    return probe({ ...context, project, puller: pullerOf(client, project) }, own, probes, known);
  });
  const reach = await probes.upstreams.reach();
  return inherit([
    ...ofHost.map((one) => explained(one, known)),
    ...probed.flat().map((one) => withCauses(one, reach)),
  ]);
}
