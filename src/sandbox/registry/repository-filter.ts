import { globProblem, globToRegExp } from '../go-compat/doublestar';
import { goRegExp, goRegExpProblem } from '../go-compat/regexp';
import type { ProjectRow } from '../store/rows';

/** Values of `proxy_cache_filter_kind`. */
export const FILTER_KINDS = ['doublestar', 'regex'];

/** Harbor's error for a pattern; undefined if it is valid. Without a kind it is a doublestar pattern. */
export function filterProblem(kind: string | undefined, pattern: string): string | undefined {
  return kind === 'regex' ? goRegExpProblem(`^(?:${pattern})$`) : globProblem(pattern);
}

/** Whether a proxy project serves a repository, named without the project. A blank pattern matches everything. */
export function passesFilter({ metadata }: ProjectRow, repository: string): boolean {
  const pattern = (metadata['proxy_cache_filter_pattern'] ?? '').trim();
  if (pattern === '') return true;
  const kind = metadata['proxy_cache_filter_kind'];
  if (filterProblem(kind, pattern) !== undefined) return false;
  const wanted = kind === 'regex' ? goRegExp(`^(?:${pattern})$`) : globToRegExp(pattern);
  return wanted.test(repository);
}
