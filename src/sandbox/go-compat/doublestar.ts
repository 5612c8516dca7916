/** Go's doublestar: `*` stays within a path segment, `**` alone in one spans any number of them. */
const SYNTAX_ERROR = 'syntax error in pattern';

/** `undefined` if Harbor accepts the pattern. The message is Go's (path.ErrBadPattern), without the place. */
export function globProblem(pattern: string): string | undefined {
  return translate(pattern) === undefined ? SYNTAX_ERROR : undefined;
}

/** @throws TypeError for a pattern with a problem */
export function globToRegExp(pattern: string): RegExp {
  const source = translate(pattern);
  if (source === undefined) throw new TypeError(`${SYNTAX_ERROR}: ${pattern}`);
  return new RegExp(`^${source}$`, 's');
}

interface Piece {
  readonly source: string;
  /** Where the rest of the pattern begins. */
  readonly next: number;
}

/** Undefined for a pattern that doublestar calls bad: an open brace, class or backslash. */
function translate(pattern: string): string | undefined {
  let source = '';
  let open = 0;
  for (let at = 0; at < pattern.length;) {
    const char = pattern[at]!;
    if (char === '{') open++;
    if (char === '}' && --open < 0) return undefined;
    const piece = stars(pattern, at) ?? (char === '[' ? characterClass(pattern, at) : plain(pattern, at, open));
    if (!piece) return undefined;
    source += piece.source;
    at = piece.next;
  }
  return open === 0 ? source : undefined;
}

/**
 * As a whole segment two stars span any number of segments, also none; next to other characters they count as one star.
 * After a slash at the end they also match the folder itself: `a` with everything below it.
 */
function stars(pattern: string, at: number): Piece | undefined {
  if (pattern[at] === '/' && pattern.slice(at + 1) === '**') return { source: '(?:/.*)?', next: pattern.length };
  if (pattern[at] !== '*') return undefined;
  if (pattern[at + 1] !== '*') return { source: '[^/]*', next: at + 1 };
  const begins = at === 0 || '/{,'.includes(pattern[at - 1]!);
  const after = pattern[at + 2];
  if (begins && after === '/') return { source: '(?:.*/)?', next: at + 3 };
  const ends = after === undefined || after === '}' || after === ',';
  return { source: begins && ends ? '.*' : '[^/]*', next: at + 2 };
}

/** A comma is a choice only inside braces. */
function plain(pattern: string, at: number, open: number): Piece | undefined {
  const char = pattern[at]!;
  if (char === '?') return { source: '[^/]', next: at + 1 };
  if (char === '{') return { source: '(?:', next: at + 1 };
  if (char === '}') return { source: ')', next: at + 1 };
  if (char === ',' && open > 0) return { source: '|', next: at + 1 };
  if (char !== '\\') return { source: escaped(char), next: at + 1 };
  const literal = pattern[at + 1];
  return literal === undefined ? undefined : { source: escaped(literal), next: at + 2 };
}

/** `[!a]` and `[^a]` are the same. A negated class does not match a slash. */
function characterClass(pattern: string, at: number): Piece | undefined {
  const [whole, negation, body] = /^\[([!^]?)((?:\\.|[^\]\\])+)\]/s.exec(pattern.slice(at)) ?? [];
  if (whole === undefined || body === undefined) return undefined;
  const members = body.replace(/\\(.)|([[\]^])/gs, (_all, literal?: string, special?: string) =>
    escaped(literal ?? special ?? ''),
  );
  return { source: `[${negation ? '^/' : ''}${members}]`, next: at + whole.length };
}

function escaped(char: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(char) ? `\\${char}` : char;
}
