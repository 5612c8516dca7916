/** A pattern that Harbor's matcher cannot read. Harbor notices it only when matching reaches that part. */
export class PatternError extends Error {
  constructor() {
    super('syntax error in pattern');
    this.name = 'PatternError';
  }
}

/**
 * Matches like doublestar 1.3, which Harbor's rules use; the proxy filter uses another version (doublestar.ts). It
 * reads pattern and text together, so an error behind the first difference is not found. `**` as a whole segment spans
 * any number of segments, `*` and `?` stay within one.
 * @throws PatternError
 */
export function matchesGlob(pattern: string, text: string): boolean {
  return matchSegments(segments(pattern, '/'), segments(text, '/'));
}

/** `a/**` does not match `a`: the text must have a segment where the stars begin. */
function matchSegments(patterns: readonly string[], texts: readonly string[]): boolean {
  for (const [index, pattern] of patterns.entries()) {
    const rest = texts.slice(index);
    if (rest.length === 0) return false;
    if (pattern === '**') return spansAny(patterns.slice(index + 1), rest);
    if (!matchSegment([...pattern], [...rest[0]!])) return false;
  }
  return patterns.length === texts.length;
}

/** At least one segment must remain for the pattern after `**`; errors in that part are ignored. */
function spansAny(patterns: readonly string[], texts: readonly string[]): boolean {
  if (patterns.length === 0) return true;
  return texts.some((_text, skipped) => swallowing(() => matchSegments(patterns, texts.slice(skipped))));
}

/** A class that is not closed is an error only if the match gets there. */
function matchSegment(pattern: readonly string[], text: readonly string[]): boolean {
  if (pattern.length === 0) return text.length === 0;
  if (text.length === 0) return pattern.every((char) => char === '*') && pattern.length <= 2;
  const [char, ...rest] = pattern as [string, ...string[]];
  switch (char) {
    case '*':
      if (rest.length === 0) return true;
      return text.some((_char, skipped) => swallowing(() => matchSegment(rest, text.slice(skipped))));
    case '[': {
      const end = closing(rest, ']');
      return matchesClass(rest.slice(0, end), text[0]!) && matchSegment(rest.slice(end + 1), text.slice(1));
    }
    case '{': {
      const end = closing(rest, '}');
      const options = segments(rest.slice(0, end).join(''), ',');
      return options.some((option) => matchSegment([...option, ...rest.slice(end + 1)], text));
    }
    case '\\':
      if (rest.length === 0) throw new PatternError();
      return rest[0] === text[0] && matchSegment(rest.slice(1), text.slice(1));
    default:
      return (char === '?' || char === text[0]) && matchSegment(rest, text.slice(1));
  }
}

/** Ranges compare code points. Only `^` negates, not `!`. */
function matchesClass(members: readonly string[], char: string): boolean {
  if (members.length === 0) throw new PatternError();
  const negated = members[0] === '^';
  const left = negated ? members.slice(1) : [...members];
  let found = false;
  while (left.length > 0) {
    const low = member(left);
    let high = low;
    if (left[0] === '-') {
      left.shift();
      high = member(left);
    }
    if (low <= char && char <= high) found = true;
  }
  return found !== negated;
}

/** Removes the next member from a class. */
function member(left: string[]): string {
  const char = left.shift();
  if (char === undefined || char === '-') throw new PatternError();
  if (char !== '\\') return char;
  const literal = left.shift();
  if (literal === undefined) throw new PatternError();
  return literal;
}

/** @throws PatternError if there is none */
function closing(rest: readonly string[], wanted: string): number {
  for (let index = 0; index < rest.length; index++) {
    if (rest[index] === '\\') index++;
    else if (rest[index] === wanted) return index;
  }
  throw new PatternError();
}

/** Splits at separators that are not escaped. */
function segments(text: string, separator: string): string[] {
  const found = [''];
  const chars = [...text];
  for (let index = 0; index < chars.length; index++) {
    if (chars[index] === separator) found.push('');
    else if (chars[index] === '\\' && index + 1 < chars.length) found[found.length - 1] += `\\${chars[++index]!}`;
    else found[found.length - 1] += chars[index]!;
  }
  return found;
}

/** Behind a star, a broken rest of the pattern means no match. */
function swallowing(match: () => boolean): boolean {
  try {
    return match();
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}
