/** A group's flags at its beginning, such as `(?i)`. */
const FLAGS = /\(\?([imsU]*)(-[imsU]+)?\)/;

/** Go's words for what is wrong with an expression; undefined when nothing is. Found in Go's order, left to right. */
export function goRegExpProblem(pattern: string): string | undefined {
  const problem = syntaxProblem(pattern) ?? (compiles(pattern) ? undefined : `invalid character class: \`${pattern}\``);
  return problem === undefined ? undefined : `error parsing regexp: ${problem}`;
}

/** The expression as JavaScript's; for those that have no problem. */
export function goRegExp(pattern: string): RegExp {
  const flags = FLAGS.exec(pattern)?.[1] ?? '';
  const source = pattern.replace(FLAGS, '').replaceAll('(?P<', '(?<').replaceAll('\\A', '^').replaceAll('\\z', '$');
  return new RegExp(source, [...new Set(flags.replace('U', ''))].join(''));
}

function compiles(pattern: string): boolean {
  try {
    goRegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

function syntaxProblem(pattern: string): string | undefined {
  let open = 0;
  let before: 'nothing' | 'operand' | 'repetition' = 'nothing';
  let repetition = '';
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at);
    const char = pattern[at]!;
    const operator = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(rest)?.[0];
    if (operator !== undefined) {
      if (before === 'nothing') return `missing argument to repetition operator: \`${operator}\``;
      if (before === 'repetition') return `invalid nested repetition operator: \`${repetition}${operator}\``;
      before = 'repetition';
      repetition = operator;
      at += operator.length - 1;
    } else if (char === '(') {
      const group = /^\(\?(?:P?<\w+>|[imsU]*(?:-[imsU]+)?[:)])|^\((?!\?)/.exec(rest)?.[0];
      if (group === undefined) return `invalid or unsupported Perl syntax: \`${rest.slice(0, 3)}\``;
      if (!group.endsWith(')')) open++;
      before = 'nothing';
      at += group.length - 1;
    } else if (char === ')') {
      if (--open < 0) return `unexpected ): \`${pattern}\``;
      before = 'operand';
    } else if (char === '[') {
      const set = /^\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]/s.exec(rest)?.[0];
      if (set === undefined) return `missing closing ]: \`${rest}\``;
      before = 'operand';
      at += set.length - 1;
    } else if (char === '\\') {
      if (rest.length === 1) return 'trailing backslash at end of expression: ``';
      before = 'operand';
      at += 1;
    } else before = char === '|' || char === '^' ? 'nothing' : 'operand';
  }
  return open > 0 ? `missing closing ): \`${pattern}\`` : undefined;
}
