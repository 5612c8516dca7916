import type { Refusal } from '../../diagnostic';
import type { SourceText } from './source-text';
import { lineAt } from '../../line-at';

/** What a YAML parser reports. */
interface SyntaxError {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}
type Words = Pick<Refusal, 'message'> & Partial<Pick<Refusal, 'hint'>>;

const SAME_COLUMN = 'keys of one map must start in the same column';
const KEY_AND_VALUE = 'write "key: value", with a space after the colon';

const TWO_KEYS: Words = {
  message: 'two keys in one line, or a value that contains ": "',
  hint: 'put a value with ": " in quotes',
};
const DEEPER: Words = {
  message: 'the next line is indented deeper than this one, which has a value already',
  hint: SAME_COLUMN,
};

/** A syntax error in plain words. What the line looks like often says more than what the parser expected. */
export function syntaxWords(error: SyntaxError, source: SourceText): Words {
  const at = lineAt(source.lineStarts, error.pos[0]);
  return (
    wordsOfLine(lineOf(source, at)) ?? wordsOfCode(error, lineOf(source, at), lineOf(source, at + 1)) ?? unknown(error)
  );
}

/**
 * Faults that a parser reports somewhere else, or as something else: they are looked for in the line itself, before the
 * parser's code is used.
 */
function wordsOfLine(line: string): Words | undefined {
  if (/^(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)/.test(line))
    return {
      message: 'a conflict marker of Git',
      hint: 'resolve the merge conflict and remove the lines with <<<<<<<, ======= and >>>>>>>',
    };
  if (/\r(?!$)/.test(line))
    return { message: 'lines end with CR only', hint: 'save the file with line ends LF or CRLF' };
  if (/^ *\t/.test(line))
    return { message: 'a tab in the indentation: YAML allows only spaces', hint: 'replace the tab by spaces' };
  if (/[\u00a0\u2000-\u200b\u202f\u3000]/.test(line))
    return {
      message: 'an invisible character that is not an ordinary space',
      hint: 'type the spaces of this line again',
    };
  return undefined;
}

/**
 * By the code of the parser, and by the line for codes that cover several faults:
 *
 *      title: a: b            TWO_KEYS: a value that contains ": "
 *      type: quay             DEEPER: the next line is indented under a value
 *        url: https://…
 *      url https://…          not a key with a value
 */
function wordsOfCode({ code, message }: SyntaxError, line: string, next: string): Words | undefined {
  switch (code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
      if (/:\s+[^\s'"#][^'"#]*:(?:\s|$)/.test(line)) return TWO_KEYS;
      return isDeeper(next, line)
        ? DEEPER
        : { message: 'the indentation does not fit the lines above', hint: SAME_COLUMN };
    case 'MULTILINE_IMPLICIT_KEY':
      return isDeeper(next, line) ? DEEPER : { message: 'not a key with a value', hint: KEY_AND_VALUE };
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
      return wordsOfMissing(message);
    case 'BAD_SCALAR_START':
      return { message: message.replace('Plain value', 'a value without quotes'), hint: 'put the value in quotes' };
    case 'BAD_DQ_ESCAPE':
      return {
        message: message.replace('Invalid', 'invalid'),
        hint: 'write \\\\ for a backslash in double quotes, or use single quotes',
      };
    default:
      return undefined;
  }
}

const MISSING: readonly (readonly [RegExp, string, string])[] = [
  [/closing .quote/, 'a quote is not closed', 'add the closing quote'],
  [/end with a (?:\}|flow-map)/, 'a { is not closed', 'add the closing }'],
  [/end with a \]/, 'a [ is not closed', 'add the closing ]'],
  [/followed by map values/, 'a key without a colon', KEY_AND_VALUE],
  [/space after :/, 'no space after the colon', KEY_AND_VALUE],
  [/Missing ,/, 'a comma is missing between two items', 'write [item, item] or { key: value, key: value }'],
  [/Comments must be separated/, 'no space before the #', 'write a space before a comment, or put the value in quotes'],
  [/without - indicator/, 'an item of the list without "- "', 'start each item with "- "'],
  [/same column/, 'the indentation does not fit the lines above', SAME_COLUMN],
];

/**
 * One code of the parser covers several faults, so that only its message distinguishes them. A new version of the parser may
 * word them differently: then the message is shown as it is.
 */
function wordsOfMissing(message: string): Words | undefined {
  const found = MISSING.find(([pattern]) => pattern.test(message));
  return found && { message: found[1], hint: found[2] };
}

function unknown({ message }: SyntaxError): Words {
  return { message: `not valid YAML: ${message}` };
}

/** This line has a value already, and `next` would continue it. */
function isDeeper(next: string, line: string): boolean {
  return indentOf(next) > indentOf(line) && /^\s*[^\s:]+:\s+\S/.test(line);
}

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

function lineOf({ text, lineStarts }: SourceText, line: number): string {
  const start = lineStarts[line];
  if (start === undefined) return '';
  // Enough of a line of a megabyte.
  return text.slice(start, Math.min((lineStarts[line + 1] ?? text.length + 1) - 1, start + 1_000));
}
