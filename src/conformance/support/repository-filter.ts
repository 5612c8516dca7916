import type { RepositoryFilter } from '../model/target';

/** Whether it lets a repository through, named without the project; undefined where the pattern cannot be judged here. */
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

/** Of a doublestar pattern without classes and escapes; names of repositories hold nothing that would need these. */
function globSource(pattern: string): string | undefined {
  if (/[[\]\\]/.test(pattern)) return undefined;
  return pattern
    .split(/(\*\*\/|\*\*|[*?{},])/)
    .map((part) => WILD[part] ?? part.replace(/[.+^$()|]/g, '\\$&'))
    .join('');
}
