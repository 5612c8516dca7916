import type { RegistryClient } from '../../oci';
import { mapBounded } from '../bounded';
import type { CheckContext } from '../context';
import { blameFrontDoor, blameRealm, foreignRealm, probeFrontDoor } from '../front-door';
import { pullerOf } from '../pull/puller';
import type { CheckResult } from '../result';
import { probe, withCause } from './explain';
import { UpstreamProbes } from './upstream-probes';

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
  const results = realm ? blameRealm(found, realm.host, realm.cause) : found;
  const { projects } = context.target;
  const probes = new UpstreamProbes();
  const door = await probeFrontDoor(context, { projects, results }, probes);
  if (door) return blameFrontDoor(results, door);
  const probed = await mapBounded(projects, concurrency, async (project) => {
    const own = results.filter((result) => result.project === project.name);
    return probe({ ...context, project, puller: pullerOf(client, project) }, own, probes);
  });
  const reach = await probes.reach();
  const ofHost = results.filter(({ project }) => project === undefined);
  return [...ofHost, ...probed.flat().map((one) => withCause(one, reach))];
}
