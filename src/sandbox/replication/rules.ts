import { cronProblem, SECONDS_PROBLEM } from '../go-compat/cron';
import type { ReplicationFilter, ReplicationPolicyRow, ReplicationTrigger } from '../store/rows';

type Policy = Pick<
  ReplicationPolicyRow,
  'name' | 'srcRegistryId' | 'destRegistryId' | 'filters' | 'destNamespace' | 'trigger'
>;

/** Harbor's errors for a policy, in its order (src/controller/replication/model, Policy.Validate). */
export function replicationProblem(policy: Policy): string | undefined {
  if (policy.name === '') return 'empty name';
  if ((policy.srcRegistryId === 0) === (policy.destRegistryId === 0))
    return "either src_registry or dest_registry should be empty and the other one shouldn't be empty";
  return (
    policy.filters.map(filterProblem).find((problem) => problem !== undefined) ??
    namespaceProblem(policy.destNamespace) ??
    triggerProblem(policy.trigger)
  );
}

/** In Harbor's words, one mistake for each filter. */
function filterProblem({ type = '', value, decoration = '' }: ReplicationFilter): string | undefined {
  if (type === 'label') {
    if (!Array.isArray(value) || value.some((label) => typeof label !== 'string'))
      return "the type of label filter value isn't string slice";
  } else if (!['resource', 'name', 'tag'].includes(type)) return 'invalid filter type';
  else if (typeof value !== 'string') return "the type of filter value isn't string";
  else if (type === 'resource' && value !== 'image' && value !== 'artifact') return `invalid resource filter: ${value}`;
  else if (type !== 'tag' && decoration !== '') return 'only tag and label filter support decoration';
  return ['', 'matches', 'excludes'].includes(decoration) ? undefined : `invalid filter decoration, :${decoration}`;
}

const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const HOST_PART = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
/** Docker's rule for names, which allows a host of any case at the start (src/lib/patterns.go). */
const NAMESPACE = new RegExp(`^(?:${HOST_PART}(?:\\.${HOST_PART})*(?::[0-9]+)?/)?${PART}(?:/${PART})*$`);

function namespaceProblem(namespace: string): string | undefined {
  return namespace === '' || NAMESPACE.test(namespace) ? undefined : `invalid destination namespace: ${namespace}`;
}

/** A `*` for the minutes is refused, although cron allows it. */
function triggerProblem(trigger: ReplicationTrigger | undefined): string | undefined {
  if (trigger === undefined || trigger.type === 'manual' || trigger.type === 'event_based') return undefined;
  if (trigger.type !== 'scheduled') return 'invalid trigger type';
  const cron = trigger.trigger_settings?.cron ?? '';
  if (cron === '') return 'the cron string cannot be empty when the trigger type is scheduled';
  const problem = cronProblem(cron);
  if (problem !== undefined)
    return problem === SECONDS_PROBLEM ? problem : `invalid cron string for scheduled trigger: ${cron}`;
  return cron.split(' ')[1] === '*'
    ? '* is not allowed for the Minutes field of the cron setting of replication policy'
    : undefined;
}
