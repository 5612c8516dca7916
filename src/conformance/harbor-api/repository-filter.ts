import type { RepositoryFilter } from '../model/target';

/** Whether it matches a repository, named without the project; undefined if the pattern cannot be evaluated here. */
export function letsThrough({ pattern, kind }: RepositoryFilter, repository: string): boolean | undefined {
  const source = kind === 'regex' ? pattern : globSource(pattern);
  try {
    return source === undefined ? undefined : new RegExp(`^(?:${source})$`).test(repository);
  } catch {
    return undefined;
  }
}

const WILD: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
  '{': '(?:',
  '}': ')',
  ',': '|',
};

/** A doublestar pattern without classes and escapes; names of repositories contain nothing that would need these. */
function globSource(pattern: string): string | undefined {
  if (/[[\]\\]/.test(pattern)) return undefined;
  return pattern
    .split(/(\*\*\/|\*\*|[*?{},])/)
    .map((part) => WILD[part] ?? part.replace(/[.+^$()|]/g, '\\$&'))
    .join('');
}
