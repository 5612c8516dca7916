import { globProblem, globToRegExp } from '../go-compat/doublestar';
import { goRegExp, goRegExpProblem } from '../go-compat/regexp';
import type { ProjectRow } from '../store/rows';

/** What `proxy_cache_filter_kind` may say. */
export const FILTER_KINDS = ['doublestar', 'regex'];

/** What Harbor says is wrong with a pattern; undefined when nothing is. Without a kind it is a doublestar. */
export function filterProblem(kind: string | undefined, pattern: string): string | undefined {
  return kind === 'regex' ? goRegExpProblem(`^(?:${pattern})$`) : globProblem(pattern);
}

/** Whether a proxy project serves a repository, named without the project. A pattern of spaces lets all through. */
export function passesFilter({ metadata }: ProjectRow, repository: string): boolean {
  const pattern = (metadata['proxy_cache_filter_pattern'] ?? '').trim();
  if (pattern === '') return true;
  const kind = metadata['proxy_cache_filter_kind'];
  if (filterProblem(kind, pattern) !== undefined) return false;
  const wanted = kind === 'regex' ? goRegExp(`^(?:${pattern})$`) : globToRegExp(pattern);
  return wanted.test(repository);
}
