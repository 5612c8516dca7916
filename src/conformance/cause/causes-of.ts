import { compact } from '../../compact';
import { RANKS, type Cause, type CheckResult, type Rank, type RootCause } from '../model/result';

/**
 * The root causes of a run, the worst first: everything that failed or could not be determined belongs to exactly one of
 * them, and the same failure in many projects is one. A check that shows several things wrong may be named by several.
 */
export function causesOf(results: readonly CheckResult[]): readonly RootCause[] {
  const groups = new Map<string, RootCause>();
  const add = (cause: Cause, result: CheckResult): void => {
    const key = `${cause.kind} ${cause.words}`;
    groups.set(key, joined(groups.get(key), cause, result));
  };
  for (const result of results) {
    if (result.status === 'known-deviation') add(deviation(result), result);
    if (result.status !== 'fail' && result.status !== 'error') continue;
    add(result.cause ?? undetermined(result), result);
    for (const further of result.alsoCauses ?? []) add(further, result);
  }
  return [...groups.values()].sort((a, b) => rankAt(a) - rankAt(b) || weight(b) - weight(a));
}

/** What explains most comes first; what is not explained stays in the order of the checks, which build on one another. */
function weight({ rank, checks }: RootCause): number {
  return rank === 'undetermined' ? 0 : checks.length;
}

/** Reports of earlier versions have no ranks. */
function rankAt({ rank }: Pick<Cause, 'rank'>): number {
  const at = RANKS.indexOf(rank);
  return at < 0 ? RANKS.indexOf('outage') : at;
}

/** Of several causes of one result, the one that it belongs to comes first. */
export function byRank<T extends { readonly rank: Rank }>(causes: readonly T[]): readonly T[] {
  return [...causes].sort((a, b) => rankAt(a) - rankAt(b));
}

function joined(known: RootCause | undefined, cause: Cause, { id, project, link }: CheckResult): RootCause {
  const check = compact<RootCause['checks'][number]>({ id, project });
  if (!known)
    return compact({
      ...cause,
      projects: project === undefined ? [] : [project],
      checks: [check],
      link,
    });
  const command = joinedCommand(known.command, cause.command);
  const isNew = project !== undefined && !known.projects.includes(project);
  return {
    ...known,
    projects: isNew ? [...known.projects, project] : known.projects,
    checks: known.checks.some((one) => one.id === id && one.project === project)
      ? known.checks
      : [...known.checks, check],
    ...(command !== undefined && { command }),
  };
}

/** `breakwater apply --target project/a --target project/b`. */
function joinedCommand(known: string | undefined, more: string | undefined): string | undefined {
  if (known === undefined || more === undefined) return known ?? more;
  const [base = '', ...options] = more.split(/ (?=--)/);
  const missing = options.filter((option) => !` ${known} `.includes(` ${option} `));
  return known.startsWith(base) && missing.length > 0 ? `${known} ${missing.join(' ')}` : known;
}

function deviation({ id, title, message }: CheckResult): Cause {
  const [words = title] = /\(([^()]+)\)$/.exec(message.split('\n')[0] ?? '')?.slice(1) ?? [];
  return { kind: 'known-deviation', rank: 'known', party: 'Harbor', words: `${id}: ${words}`, evidence: [] };
}

/** Failures with the same words have the same cause, whatever it is; the first of many different ones has none of theirs. */
function undetermined({ message, status }: CheckResult): Cause {
  const [first = ''] = message.split('\n');
  return {
    kind: 'undetermined',
    rank: 'undetermined',
    party: 'not determined',
    words: withoutIds(first) || (status === 'fail' ? 'failed without a message' : 'could not be determined'),
    evidence: [],
  };
}

function withoutIds(message: string): string {
  return message.replace(/ ?\[bw-[\w-]+\]/g, '').trim();
}
