import type { CheckContext, Finding, Hazard } from '../kind';
import { cronProblem, normaliseCron, type CronProblem } from './cron';
import { checkDoublestar } from './doublestar';
import { filterProblem, filtersProblem } from './replication-filter';
import { withOneRemote, type ReplicationSpec, type ReplicationTrigger } from './replication-spec';

const MAX_NAME_LENGTH = 256;

/** Policies that Harbor refuses, or accepts but never runs. */
export function checkReplication(spec: ReplicationSpec, context: CheckContext): Finding[] {
  return [
    ...checkName(spec),
    ...checkSides(spec),
    ...checkTrigger(spec),
    ...checkFilters(spec),
    ...checkDestination(spec, context),
    ...checkAgainstRemote(spec, context),
  ];
}

/**
 * An undeclared field keeps its live value, which may conflict with the declared ones: `trigger: event_based` alone is
 * valid, but Harbor refuses it (500) for a policy that has `single_active_replication` already. Both are known only once
 * Harbor was read, so this is a hazard of the plan and no finding of the declaration.
 */
export function clashesWithLive(live: ReplicationSpec, desired: ReplicationSpec): Hazard[] {
  const merged = withOneRemote({ ...live, ...desired }, live);
  return checkTrigger(merged)
    .filter(({ severity }) => severity !== 'warning')
    .map(({ rule, message }) => ({
      rule,
      message: `with undeclared values in Harbor: ${message}`,
      enforcement: 'hard-mandatory',
      hint: 'declare both trigger and single_active_replication',
    }));
}

function checkName({ name }: ReplicationSpec): Finding[] {
  if (name.length > 0 && name.length <= MAX_NAME_LENGTH) return [];
  const message = `a replication's name must have 1 to ${MAX_NAME_LENGTH} characters, this one has ${name.length}`;
  return [{ rule: 'replication-name', message }];
}

/** The other side is always this Harbor. This makes it a pull or a push. */
function checkSides({ from, to }: ReplicationSpec): Finding[] {
  if ((from === undefined) !== (to === undefined)) return [];
  const hint = 'from: a registry to pull from, or to: a registry to push to; the other side is this Harbor';
  return from === undefined
    ? [{ rule: 'replication-sides', message: 'a replication needs a registry: from or to', hint }]
    : [
        {
          rule: 'replication-sides',
          field: 'to',
          message: 'a replication has either from or to; the other side is this Harbor',
          hint,
        },
      ];
}

/**
 *     trigger       from (pull)          to (push)
 *     manual        runs by hand         runs by hand
 *     scheduled     runs                 runs
 *     event_based   never starts         runs, also for deletions
 */
function checkTrigger({ from, trigger, deletion, single_active_replication }: ReplicationSpec): Finding[] {
  const isEventBased = trigger === 'event_based';
  const findings: Finding[] = [];
  const problem = typeof trigger === 'object' ? scheduleProblem(trigger) : undefined;
  if (problem) findings.push({ rule: 'bad-cron', field: 'trigger.scheduled', ...problem });
  if (isEventBased && from !== undefined) {
    findings.push({
      rule: 'replication-trigger',
      field: 'trigger',
      message: 'trigger event_based works only with to: a replication from another registry would never start',
      hint: 'trigger: { scheduled: "0 0 2 * * *" }',
    });
  }
  // A plain Go error in Harbor, whose response is only "internal server error".
  if (isEventBased && single_active_replication === true) {
    findings.push({
      rule: 'replication-trigger',
      field: 'single_active_replication',
      message: 'Harbor refuses single_active_replication together with trigger event_based (500)',
    });
  }
  if (deletion === true && trigger !== undefined && !isEventBased) {
    findings.push({
      rule: 'replication-deletion',
      severity: 'warning',
      field: 'deletion',
      message: 'deletion has no effect: Harbor replicates deletions only with trigger event_based',
    });
  }
  return findings;
}

/** Harbor requires a schedule here that does not run every minute, in addition to the rules for every schedule. */
function scheduleProblem({ scheduled }: Exclude<ReplicationTrigger, string>): CronProblem | undefined {
  if (normaliseCron(scheduled) === '') return { message: 'the schedule of a replication must not be empty' };
  const problem = cronProblem(scheduled);
  if (problem) return problem;
  return normaliseCron(scheduled).split(' ')[1] === '*'
    ? {
        message: 'Harbor allows no * for the minutes of a replication',
        hint: 'write the minute, such as "0 0 * * * *"',
      }
    : undefined;
}

/** Each filter for itself, then the length of all together: Harbor stores them as one text. */
function checkFilters({ filters = [] }: ReplicationSpec): Finding[] {
  const findings = filters.flatMap((filter, i): Finding[] => {
    const message = filterProblem(filter);
    if (message !== undefined) return [{ rule: 'replication-filter', field: `filters[${i}]`, message }];
    const { type, value } = filter;
    if (typeof value !== 'string' || (type !== 'name' && type !== 'tag')) return [];
    return checkDoublestar(value, type === 'tag' ? 'tag' : 'repository', `filters[${i}].value`);
  });
  const message = filtersProblem(filters);
  return message === undefined ? findings : [...findings, { rule: 'replication-filter', field: 'filters', message }];
}

/** Harbor applies Docker's rule for repository names; an upper-case host would pass it but match no image. */
const NAMESPACE = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;

/** A proxy cache is refused as the target only of a pull: for a push the namespace is in another registry. */
function checkDestination(spec: ReplicationSpec, context: CheckContext): Finding[] {
  const { from, dest_namespace: namespace = '', dest_namespace_replace_count: replaceCount } = spec;
  if (namespace === '') return replaceCount === undefined ? [] : idleReplaceCount(spec);
  const field = 'dest_namespace';
  if (!NAMESPACE.test(namespace)) {
    const message = `"${namespace}" is not a valid namespace: use lower-case letters and digits, with . _ - between them and / between parts`;
    return [{ rule: 'replication-namespace', field, message }];
  }
  const [project = ''] = namespace.split('/');
  const proxy = context.declared('project', project) as { readonly registry?: string } | undefined;
  if (from === undefined || proxy?.registry === undefined) return [];
  const message = `project ${project} is a proxy cache: Harbor cannot copy into it`;
  return [{ rule: 'replication-into-proxy', field, message, hint: 'name an ordinary project' }];
}

/** Harbor returns `-1` if there is no value. */
function idleReplaceCount({ dest_namespace, dest_namespace_replace_count: count }: ReplicationSpec): Finding[] {
  if (dest_namespace === undefined || count === -1) return [];
  return [
    {
      rule: 'replication-namespace',
      severity: 'warning',
      field: 'dest_namespace_replace_count',
      message: 'dest_namespace_replace_count has no effect without dest_namespace',
    },
  ];
}

/** Depends on the type of the registry on the other side, if it is declared. */
function checkAgainstRemote(spec: ReplicationSpec, context: CheckContext): Finding[] {
  const { from, to, filters = [], copy_by_chunk, dest_namespace = '' } = spec;
  const registry = context.declared('registry', from ?? to ?? '') as { readonly type?: string } | undefined;
  const type = registry?.type;
  if (type === undefined || type === 'harbor') return [];
  const findings: Finding[] = [];
  const byLabel = filters.findIndex((filter) => filter.type === 'label');
  if (from !== undefined && byLabel >= 0) {
    findings.push({
      rule: 'replication-filter',
      severity: 'warning',
      field: `filters[${byLabel}]`,
      message: `label filters work only with another Harbor: artifacts of a registry of type ${type} have no labels`,
    });
  }
  if (copy_by_chunk === true) {
    findings.push({
      rule: 'replication-chunks',
      severity: 'warning',
      field: 'copy_by_chunk',
      message: `Harbor supports copying by chunk from Harbor to Harbor, not with a registry of type ${type}`,
    });
  }
  if (to !== undefined && type === 'docker-hub' && dest_namespace.includes('/')) {
    findings.push({
      rule: 'replication-namespace',
      field: 'dest_namespace',
      message: 'a Docker Hub repository has two parts: a namespace without / and a name',
    });
  }
  return findings;
}
