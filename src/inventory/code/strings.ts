import type { Word } from '../words';

/** Offsets are inside the quotes. Escapes are not resolved: an image name contains none. */
export interface StringLiteral extends Word {
  /** Delimited by `"""`, `'''` or a backtick: may span lines. */
  readonly isLong: boolean;
  /** The text before it on its line, without strings. */
  readonly before: string;
}

/**
 * As little of a language as is needed to know what is a string and what is a comment. Longer quotes must come first,
 * because the first that matches wins.
 */
export interface CodeSyntax {
  /** Patterns of comments, without flags. */
  readonly comments: readonly string[];
  readonly quotes: readonly string[];
}

/** Languages with `#` comments, such as Python and Starlark. */
export const HASH: CodeSyntax = { comments: ['#[^\\n]*'], quotes: ['"""', "'''", '"', "'"] };
/** Languages with `//` comments, such as Java, Go and TypeScript. */
export const SLASHES: CodeSyntax = {
  comments: ['\\/\\/[^\\n]*', '\\/\\*[\\s\\S]*?(?:\\*\\/|$)'],
  quotes: ['"""', "'''", '"', "'", '`'],
};
/** Its `''…''` strings span lines. */
export const NIX: CodeSyntax = { comments: ['#[^\\n]*', '\\/\\*[\\s\\S]*?(?:\\*\\/|$)'], quotes: ["''", '"'] };

/** The string literals of source code, and the code without comments, with the same offsets. */
export function stringsIn(
  text: string,
  start: number,
  { comments, quotes }: CodeSyntax,
): { strings: StringLiteral[]; code: string } {
  const alternatives = [...comments, ...quotes.map(literalPattern)];
  const pattern = new RegExp(alternatives.join('|'), 'g');
  pattern.lastIndex = start;
  const strings: StringLiteral[] = [];
  const parts: string[] = [' '.repeat(start)];
  let from = start;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const quote = quotes.find((one) => match[0].startsWith(one));
    const end = match.index + match[0].length;
    if (quote === undefined) {
      parts.push(text.slice(from, match.index), match[0].replace(/[^\r\n]/g, ' '));
      from = end;
    } else {
      strings.push({
        start: match.index + quote.length,
        end: end - quote.length,
        isLong: quote.length > 1 || quote === '`',
        before: lineBefore(text, match.index),
      });
    }
    if (match[0] === '') pattern.lastIndex += 1;
  }
  parts.push(text.slice(from));
  return { strings, code: parts.join('') };
}

/** The text before it on the same line, as far back as the patterns look. */
function lineBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 300), at);
  return before.slice(before.lastIndexOf('\n') + 1);
}

function literalPattern(quote: string): string {
  if (quote === '`') return '`(?:[^`\\\\]|\\\\[\\s\\S])*`';
  if (quote.length > 1) return `${quote}[\\s\\S]*?${quote}`;
  return `${quote}(?:[^${quote}\\\\\\n]|\\\\.)*${quote}`;
}
