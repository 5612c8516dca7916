import { matchesGlob } from '../selection/glob';
import type { ReplicationFilter } from '../store/rows';

/** Why a run cannot continue: this text is the status text of the execution. */
export class ReplicationError extends Error {}

/** The filters of a policy, each type once. */
export interface Wanted {
  readonly name: string;
  readonly matchesName: (repository: string) => boolean;
  readonly tagsOf: (tags: readonly string[]) => readonly string[];
  readonly matchesLabels: (labels: readonly string[]) => boolean;
}

/** A filter without a value matches everything. `excludes` turns the result of a tag or label filter around. */
export function wantedBy(filters: readonly ReplicationFilter[]): Wanted {
  const of = (type: string): readonly ReplicationFilter[] => filters.filter((filter) => filter.type === type);
  const matches = (pattern: string, text: string): boolean => pattern === '' || matchesGlob(pattern, text);
  const keepsTag = (tag: string): boolean =>
    of('tag').every(({ value, decoration }) => matches(textOf({ value }), tag) !== (decoration === 'excludes'));
  return {
    name: textOf(of('name')[0]),
    matchesName: (repository) => of('name').every((filter) => matches(textOf(filter), repository)),
    tagsOf: (tags) => tags.filter(keepsTag),
    matchesLabels: (labels) =>
      of('label').every(({ value, decoration }) => {
        const wanted = (value ?? []) as readonly string[];
        return wanted.length === 0 || wanted.every((label) => labels.includes(label)) !== (decoration === 'excludes');
      }),
  };
}

function textOf({ value }: Pick<ReplicationFilter, 'value'> = {}): string {
  return typeof value === 'string' ? value : '';
}

/** The names that a text without wildcards stands for: `library/{alpine,busybox}` is two; undefined for a pattern. */
export function specificNames(pattern: string): readonly string[] | undefined {
  if (pattern === '') return undefined;
  let names: readonly string[] = [''];
  for (const part of pattern.split('/')) {
    const options = specificParts(part);
    if (!options) return undefined;
    names = names.flatMap((name) => options.map((option) => (name === '' ? option : `${name}/${option}`)));
  }
  return names;
}

/**
 * The names that a part can be; undefined if it can be any. Harbor asks for exact names instead of the whole
 * catalog.
 */
function specificParts(part: string): readonly string[] | undefined {
  if (part === '' || /[*?[\\\]^]/.test(part)) return undefined;
  if (!/[{},]/.test(part)) return [part];
  const [, before, options, after] = /^([^{]*)\{([^{]*)\}([^}]*)$/.exec(part) ?? [];
  return options?.split(',').map((option) => `${before}${option}${after}`);
}

/**
 * The destination repository: the namespace replaces this many of its first parts; -1 replaces all but the last.
 *
 *     repository a/b/c, namespace n     replaceCount 0 ──► n/a/b/c
 *                                                    1 ──► n/b/c
 *                                                    2 ──► n/c
 *                                                   -1 ──► n/c
 *                                                    3 ──► ReplicationError
 * @throws ReplicationError also for a result without a slash, which would not be in a project
 */
export function destinationName(repository: string, namespace: string, replaceCount: number): string {
  if (namespace === '') return repository;
  const parts = repository.split('/');
  const above = parts.slice(0, -1);
  if (replaceCount > above.length)
    throw new ReplicationError(
      `the source repository "${repository}" contains only ${above.length} path components [${above.join(' ')}] ` +
        `excepting the last one, but the destination namespace flattening level is ${replaceCount}`,
    );
  const kept = replaceCount < 0 ? [] : above.slice(replaceCount);
  const name = [namespace, ...kept, parts.at(-1)!].join('/');
  if (!name.includes('/'))
    throw new ReplicationError(
      `the destination repository "${name}" contains only 1 path components [${name}], but the destination registry requires at least 2`,
    );
  return name;
}
