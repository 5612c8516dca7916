import type { Diagnostic } from '../../diagnostic';

const MASK = '********';

const SECRET_WORD = /(?:secret|password|passwd|token|(?:secret|secret_?access|api|private)_?key)["']?\s{0,8}:\s/i;

/** A key that sounds like a secret, with a value that is neither a reference nor empty. */
const SECRET_VALUE = new RegExp(`${SECRET_WORD.source}+(?![\\s{[&*#]|$)`, 'i');

/** A longer line that mentions a secret is hidden completely instead of being searched. */
const LONG_LINE = 1000;

/**
 * Lines of one file that may be shown. Snippets appear in CI logs and pull requests, so they never contain a value that
 * a finding calls a literal secret, nor one next to a key that sounds like a secret. Lines that are indented below such
 * a line (a block of text) are hidden, too.
 */
export function maskedLines(text: string, diagnostics: readonly Diagnostic[]): string[] {
  const literals = literalColumns(diagnostics);
  let hiddenBelow = Infinity;
  return text.split(/\r?\n/).map((line, i) => {
    const indent = line.search(/\S/);
    if (indent === -1) return line;
    if (indent > hiddenBelow) return line.slice(0, indent) + MASK;
    const from = Math.min(literals.get(i) ?? Infinity, valueStart(line, indent));
    // A value on its own lines (a list, a block under its key) continues at its own indentation.
    hiddenBelow = from === Infinity ? Infinity : from === indent ? indent - 1 : indent;
    return from === Infinity ? line : line.slice(0, from) + MASK;
  });
}

/** First column of a literal secret by line, both counted from 0. */
function literalColumns(diagnostics: readonly Diagnostic[]): Map<number, number> {
  const columns = new Map<number, number>();
  for (const { rule, at } of diagnostics) {
    if (rule !== 'literal-secret' || !at) continue;
    columns.set(at.line - 1, Math.min(at.column - 1, columns.get(at.line - 1) ?? Infinity));
  }
  return columns;
}

/** Where the value of the first key that sounds like a secret begins, or Infinity. */
function valueStart(line: string, indent: number): number {
  if (line.length > LONG_LINE) return SECRET_WORD.test(line) ? indent : Infinity;
  const match = SECRET_VALUE.exec(line);
  return match ? match.index + match[0].length : Infinity;
}
