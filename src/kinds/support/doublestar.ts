import type { Finding } from '../kind';

const SYNTAX_ERROR = 'a bracket or brace is not closed, a range is empty or incomplete, or it ends with a backslash';

/** Why Harbor's doublestar cannot read a pattern: every run of a policy with it fails or does nothing. */
export function doublestarProblem(pattern: string): string | undefined {
  let braces = 0;
  for (let rest = pattern; rest !== '';) {
    const length = lengthOfToken(rest);
    if (length === undefined) return SYNTAX_ERROR;
    if (rest.startsWith('{')) braces += 1;
    if (rest.startsWith('}') && (braces -= 1) < 0) return SYNTAX_ERROR;
    rest = rest.slice(length);
  }
  return braces === 0 ? undefined : SYNTAX_ERROR;
}

/** A class may contain braces, and braces may be nested. */
function lengthOfToken(rest: string): number | undefined {
  if (rest.startsWith('\\')) return rest.length > 1 ? 2 : undefined;
  if (!rest.startsWith('[')) return 1;
  const one = String.raw`(?:\\.|[^\\\]-])`;
  return new RegExp(`^\\[[!^]?(?:${one}(?:-${one})?)+\\]`, 's').exec(rest)?.[0].length;
}

/** The parts outside of braces and classes, where a comma and two stars do not mean what people expect. */
function outside(pattern: string): string {
  let plain = pattern.replaceAll(/\\./gs, '_').replaceAll(/\[[^\]]*\]/g, '_');
  for (let before = ''; before !== plain;) [before, plain] = [plain, plain.replaceAll(/\{[^{}]*\}/g, '_')];
  return plain;
}

/** Findings about a pattern of a declared policy, also where it does something unintended. */
export function checkDoublestar(pattern: string | undefined, of: 'tag' | 'repository', field: string): Finding[] {
  if (pattern === undefined) return [];
  const shown = JSON.stringify(pattern);
  const problem = doublestarProblem(pattern);
  if (problem !== undefined)
    return [{ rule: 'doublestar', field, message: `${shown} is not a doublestar pattern: ${problem}` }];
  if (outside(pattern).includes(','))
    return [
      {
        rule: 'doublestar',
        field,
        message: `the comma in ${shown} is part of the name: it matches nothing`,
        hint: 'write alternatives in braces: {library,org}/**',
      },
    ];
  // Tags contain no slash.
  if (of === 'repository' && /(?:[^/{,*]\*\*|\*\*[^/},*])/.test(pattern.replaceAll(/\\./gs, '_')))
    return [
      {
        rule: 'doublestar',
        severity: 'warning',
        field,
        message: `** in ${shown} is not a whole part of the path: it means * and stops at a slash`,
        hint: 'write ** between slashes, such as team/**, or {team*,team*/**}',
      },
    ];
  return [];
}
