/** A group's flags at its beginning, such as `(?i)`. */
const FLAGS = /\(\?([imsU]*)(-[imsU]+)?\)/;

/** Go's error message for an expression; undefined if it is valid. Errors are found left to right, as in Go. */
export function goRegExpProblem(pattern: string): string | undefined {
  const problem = syntaxProblem(pattern) ?? (compiles(pattern) ? undefined : `invalid character class: \`${pattern}\``);
  return problem === undefined ? undefined : `error parsing regexp: ${problem}`;
}

/** The expression as a JavaScript regular expression; only for valid ones. */
export function goRegExp(pattern: string): RegExp {
  const flags = FLAGS.exec(pattern)?.[1] ?? '';
  const source = pattern.replace(FLAGS, '').replaceAll('(?P<', '(?<').replaceAll('\\A', '^').replaceAll('\\z', '$');
  return new RegExp(source, [...new Set(flags.replace('U', ''))].join(''));
}

/** Whether JavaScript accepts the translation. `syntaxProblem` has found everything else before. */
function compiles(pattern: string): boolean {
  try {
    goRegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

interface Token {
  readonly text: string;
  readonly kind: 'repetition' | 'open' | 'flags' | 'close' | 'begin' | 'operand';
}

type Problem = { readonly problem: string };

/** Whether `*`, `+`, `?` and `{n}` are allowed depends on what comes before; brackets are counted. */
function syntaxProblem(pattern: string): string | undefined {
  let open = 0;
  let before: Token | undefined;
  for (let rest = pattern; rest !== ''; rest = rest.slice(before.text.length)) {
    const token = tokenAt(rest);
    if ('problem' in token) return token.problem;
    const problem = token.kind === 'repetition' ? repetitionProblem(token, before) : undefined;
    if (problem !== undefined) return problem;
    open += token.kind === 'open' ? 1 : token.kind === 'close' ? -1 : 0;
    if (open < 0) return `unexpected ): \`${pattern}\``;
    before = token;
  }
  return open > 0 ? `missing closing ): \`${pattern}\`` : undefined;
}

/**
 * The parts of a pattern at which Go's parser can fail. Their content is checked where it has rules of its own.
 */
function tokenAt(rest: string): Token | Problem {
  const repetition = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(rest)?.[0];
  if (repetition !== undefined) return { text: repetition, kind: 'repetition' };
  switch (rest.charAt(0)) {
    case '(':
      return groupAt(rest);
    case ')':
      return { text: ')', kind: 'close' };
    case '[':
      return classAt(rest);
    case '\\':
      if (rest.length === 1) return { problem: 'trailing backslash at end of expression: ``' };
      return { text: rest.slice(0, 2), kind: 'operand' };
    default:
      return { text: rest[0]!, kind: rest[0] === '|' || rest[0] === '^' ? 'begin' : 'operand' };
  }
}

/** Go's RE2 has no look-around, which JavaScript would accept. */
function groupAt(rest: string): Token | Problem {
  const text = /^\(\?(?:P?<\w+>|[imsU]*(?:-[imsU]+)?[:)])|^\((?!\?)/.exec(rest)?.[0];
  if (text === undefined) return { problem: `invalid or unsupported Perl syntax: \`${rest.slice(0, 3)}\`` };
  return { text, kind: text.endsWith(')') ? 'flags' : 'open' };
}

/** A `]` at the beginning is a member of the class. */
function classAt(rest: string): Token | Problem {
  const text = /^\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]/s.exec(rest)?.[0];
  return text === undefined ? { problem: `missing closing ]: \`${rest}\`` } : { text, kind: 'operand' };
}

/** `a**` is an error in Go, and so is a repetition of nothing. */
function repetitionProblem({ text }: Token, before: Token | undefined): string | undefined {
  if (before?.kind === 'repetition') return `invalid nested repetition operator: \`${before.text}${text}\``;
  const isOperand = before?.kind === 'operand' || before?.kind === 'close';
  return isOperand ? undefined : `missing argument to repetition operator: \`${text}\``;
}
