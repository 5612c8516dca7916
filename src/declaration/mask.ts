import type { Diagnostic } from '../diagnostic';

const MASK = '********';

const SECRET_WORD = /(?:secret|password|passwd|token|(?:secret|secret_?access|api|private)_?key)["']?\s{0,8}:\s/i;

/** A key that sounds like a secret, and a value beside it that is neither a reference nor empty. */
const SECRET_VALUE = new RegExp(`${SECRET_WORD.source}+(?![\\s{[&*#]|$)`, 'i');

/** Beyond this a line that mentions a secret is hidden as a whole rather than looked at in detail. */
const LONG_LINE = 1000;

/**
 * Lines of one file as they may be shown. A snippet is read in CI logs and pull requests, so a value that a
 * finding calls a literal secret is never in it, and neither is one beside a key that sounds like a secret.
 * What is indented below such a line (a block of text) is hidden with it.
 */
export function maskedLines(text: string, diagnostics: readonly Diagnostic[]): string[] {
  const literals = literalColumns(diagnostics);
  let hiddenBelow = Infinity;
  return text.split(/\r?\n/).map((line, i) => {
    const indent = line.search(/\S/);
    if (indent === -1) return line;
    if (indent > hiddenBelow) return line.slice(0, indent) + MASK;
    const from = Math.min(literals.get(i) ?? Infinity, valueStart(line, indent));
    // A value on lines of its own (a list, a block under its key) goes on at its own indentation.
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

/** Where the value beside the first key that sounds like a secret begins, or Infinity. */
function valueStart(line: string, indent: number): number {
  if (line.length > LONG_LINE) return SECRET_WORD.test(line) ? indent : Infinity;
  const match = SECRET_VALUE.exec(line);
  return match ? match.index + match[0].length : Infinity;
}
