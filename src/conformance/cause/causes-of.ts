import { compact } from '../../compact';
import { RANKS, type Cause, type CheckResult, type Rank, type RootCause } from '../model/result';

/** A mutable cause, used while a run is analyzed: with thousands of failures, copying lists for each would be slow. */
interface Group {
  readonly causes: Map<string, Cause>;
  readonly commands: Set<string>;
  readonly projects: Set<string>;
  readonly checks: Map<string, RootCause['checks'][number]>;
  link?: string;
}

/**
 * The root causes of a run, the worst first. Every failed or undetermined result belongs to exactly one of them, and
 * the same failure in many projects is one cause. A check that finds several problems may be listed in several.
 *
 *      result             its cause                       in the list
 *      fail, error        cause, then alsoCauses          grouped by kind and words
 *      fail, error        none was found                  `undetermined`, grouped by message
 *      known-deviation    the deviation                   rank `known`, with its link
 *      pass, skip         -                               -
 *
 * Causes with a `subject` are grouped by their kind alone: ten expired robots are one line. The order is that of
 * `RANKS`, then the number of results that a cause explains.
 */
export function causesOf(results: readonly CheckResult[]): readonly RootCause[] {
  const groups = new Map<string, Group>();
  const add = (cause: Cause, result: CheckResult): void => {
    // Many expired robots are one thing to fix.
    const key = cause.subject === undefined ? `${cause.kind} ${cause.words}` : cause.kind;
    const group = groups.get(key) ?? {
      causes: new Map(),
      commands: new Set<string>(),
      projects: new Set(),
      checks: new Map(),
    };
    groups.set(key, group);
    collect(group, cause, result);
  };
  for (const result of results) {
    if (result.status === 'known-deviation') add(deviation(result), result);
    if (result.status !== 'fail' && result.status !== 'error') continue;
    add(result.cause ?? undetermined(result), result);
    for (const further of result.alsoCauses ?? []) add(further, result);
  }
  return [...groups.values()].map(toRootCause).sort((a, b) => rankAt(a) - rankAt(b) || weight(b) - weight(a));
}

function collect(group: Group, cause: Cause, { id, project, link }: CheckResult): void {
  if (!group.causes.has(cause.words)) group.causes.set(cause.words, cause);
  if (cause.command !== undefined) group.commands.add(cause.command);
  if (project !== undefined) group.projects.add(project);
  group.checks.set(`${id} ${project ?? ''}`, compact({ id, project }));
  if (link !== undefined) group.link ??= link;
}

function toRootCause({ causes, commands, projects, checks, link }: Group): RootCause {
  const all = [...causes.values()];
  const { command: _ofOne, ...first } = all[0]!;
  const command = joinedCommand([...commands]);
  const of = compact<Pick<RootCause, 'command' | 'projects' | 'checks' | 'link'>>({
    command,
    ...{ projects: [...projects], checks: [...checks.values()] },
    link,
  });
  if (all.length === 1) return { ...first, ...of };
  const { yaml: _yaml, subject: _subject, ...shared } = first;
  return {
    ...shared,
    words: `${all.length} ${first.plural ?? 'causes of one kind'}: ${some(all.map(({ subject = '' }) => subject))}`,
    evidence: all.slice(0, MOST_NAMED).flatMap((one) => one.evidence),
    ...of,
  };
}

const MOST_NAMED = 5;

function some(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/**
 * Causes that explain most come first; unexplained results keep the order of the checks, which build on one another.
 */
function weight({ rank, checks }: RootCause): number {
  return rank === 'undetermined' ? 0 : checks.length;
}

/** Reports of earlier versions have no ranks. */
function rankAt({ rank }: Pick<Cause, 'rank'>): number {
  const at = RANKS.indexOf(rank);
  return at < 0 ? RANKS.indexOf('outage') : at;
}

/** If one result has several causes, the one that it belongs to comes first. */
export function byRank<T extends { readonly rank: Rank }>(causes: readonly T[]): readonly T[] {
  return [...causes].sort((a, b) => rankAt(a) - rankAt(b));
}

/** A command of this length can still be read and pasted. */
const MOST_OPTIONS = 20;

/** `breakwater apply --target project/a --target project/b`; a comment shows that others are left out. */
function joinedCommand([first, ...more]: readonly string[]): string | undefined {
  const [base = '', ...own] = first?.split(/ (?=--)/) ?? [];
  const alike = more.filter((command) => command.split(/ (?=--)/, 1)[0] === base);
  const options = [...new Set([...own, ...alike.flatMap((command) => command.split(/ (?=--)/).slice(1))])];
  const rest = options.length - MOST_OPTIONS;
  const shown = [base, ...options.slice(0, MOST_OPTIONS)].join(' ');
  return first === undefined ? undefined : shown + (rest > 0 ? ` # and ${rest} more` : '');
}

function deviation({ title, message }: CheckResult): Cause {
  const [words = title] = /\(([^()]+)\)$/.exec(message.split('\n')[0] ?? '')?.slice(1) ?? [];
  return { kind: 'known-deviation', rank: 'known', party: 'Harbor', words, evidence: [] };
}

/** Failures with the same message have the same cause, whatever it is; a message that differs has another cause. */
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
