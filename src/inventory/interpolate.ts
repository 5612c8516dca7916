import type { Piece, Value } from './value';

/** The value of a variable in this file, if known. */
export type Lookup = (name: string) => Value | undefined;

/** Knows nothing: for formats without variables. */
export const noVariables: Lookup = () => undefined;

/** Variables that other files of the folder define. Their text is elsewhere, so it is not edited here. */
export interface Beside {
  /** Take precedence over values in the file itself. */
  readonly overrides: Lookup;
  /** Used if the file has no value. */
  readonly defaults: Lookup;
}

/** For formats without such files, and for a file that is read by itself. */
export const nothingBeside: Beside = { overrides: noVariables, defaults: noVariables };

/** Of every format in one list, because files mix them: a GitHub workflow contains shell. Longer ones come first. */
const OPENERS: readonly (readonly [open: string, close: string])[] = [
  ['${{', '}}'],
  ['{{', '}}'],
  ['{%', '%}'],
  ['<<', '>>'],
  ['<%', '%>'],
  ['${', '}'],
  ['#{', '}'],
  ['$[', ']'],
  ['$(', ')'],
];
const PLAIN = /\$([A-Za-z_][A-Za-z0-9_]*)|%([A-Za-z_][A-Za-z0-9_]*)%/y;
/** `${TAG:-1.27}`, `${TAG-1.27}` and `${TAG:=1.27}` of the shell: the text after it is the default. */
const WITH_DEFAULT = /^([A-Za-z_][A-Za-z0-9_]*)(:?[-=])/;
/**
 * `{{ x | default("1.27") }}` of Jinja, `{{ .x | default "1.27" }}` of Helm, `{{ default "1.27" .x }}`, and `${{ x ||
 * '1.27' }}` of GitHub.
 */
const QUOTED_DEFAULT =
  /(?:\|\s*default\(?|\|\|)\s*(["'])([^"'{}$]*)\1\)?\s*(?:\|.*)?$|^\s*default\s+(["'])([^"'{}$]*)\3\s/;
/** `env.TAG`, `vars.TAG`, `matrix.tag` … are looked up by the last part, too. */
const PREFIXES =
  /^(?:env|vars?|variables|matrix|inputs|params|parameters|local|workflow|pipeline|tasks|item|ENV|args)\.(?=.)/;

/** No name of an image is longer, with its variables. Each placeholder is looked for to the end of the text. */
const LONGEST = 2048;

/** Reads [start, end) of a file: literal text, variables with the values of `lookup`, holes for the others. */
export function interpolate(text: string, start: number, end: number, lookup: Lookup): Value {
  if (end - start > LONGEST) return [{ text: text.slice(start, end), at: start }];
  const parts: (Piece | { unknown: string })[] = [];
  let from = start;
  let at = start;
  while (at < end) {
    const found = placeholderAt(text, at, end, lookup);
    if (!found) {
      at += 1;
      continue;
    }
    if (at > from) parts.push({ text: text.slice(from, at), at: from });
    parts.push(...found.value);
    at = from = found.end;
  }
  if (end > from) parts.push({ text: text.slice(from, end), at: from });
  return parts;
}

function placeholderAt(
  text: string,
  at: number,
  end: number,
  lookup: Lookup,
): { value: Value; end: number } | undefined {
  const first = text[at];
  if (first !== '$' && first !== '{' && first !== '<' && first !== '%' && first !== '#') return undefined;
  for (const [open, close] of OPENERS) {
    if (!text.startsWith(open, at)) continue;
    const closing = closingOf(text, at + open.length, end, open, close);
    if (closing === undefined) continue;
    return {
      value: resolved(text, at, at + open.length, closing, closing + close.length, lookup),
      end: closing + close.length,
    };
  }
  PLAIN.lastIndex = at;
  const plain = PLAIN.exec(text);
  const name = plain?.[1] ?? plain?.[2];
  if (!plain || name === undefined || at + plain[0].length > end) return undefined;
  return { value: lookup(name) ?? [{ unknown: plain[0] }], end: at + plain[0].length };
}

/** The matching end, including nested ones: `${A:-${B}}`. */
function closingOf(text: string, from: number, end: number, open: string, close: string): number | undefined {
  let depth = 1;
  const opener = open.slice(-1);
  for (let at = from; at + close.length <= end; at += 1) {
    if (close.length === 1 && text[at] === opener) depth += 1;
    else if (text.startsWith(close, at) && (depth -= 1) === 0) return at;
  }
  return undefined;
}

/** What a placeholder stands for, in this order: the value of its variable, its default, a hole. */
function resolved(text: string, from: number, start: number, end: number, to: number, lookup: Lookup): Value {
  const inner = text.slice(start, end);
  const unknown = [{ unknown: text.slice(from, to) }];
  const shell = WITH_DEFAULT.exec(inner);
  if (shell && text.startsWith('${', from) && text[from + 2] !== '{')
    return lookup(shell[1]!) ?? interpolate(text, start + shell[0].length, end, lookup);
  const name = nameIn(inner);
  const known = lookup(name) ?? (name.includes('.') ? lookup(bareName(name)) : undefined);
  return known ?? quotedDefault(inner, start) ?? unknown;
}

/** Without filters and defaults (`| default`, `|| 'x'`), and without the dashes with which templates trim spaces. */
function nameIn(inner: string): string {
  return inner
    .trim()
    .replace(/\s*(?:\||\|\|).*$/s, '')
    .replace(/^-\s*|\s*-$/g, '')
    .trim();
}

/** `inputs.params.tag` is also looked up as `tag`, because files define variables without the prefix of their users. */
function bareName(name: string): string {
  let bare = name;
  while (PREFIXES.test(bare)) bare = bare.replace(PREFIXES, '');
  return bare;
}

function quotedDefault(inner: string, start: number): Value | undefined {
  const match = QUOTED_DEFAULT.exec(inner);
  const text = match?.[2] ?? match?.[4];
  if (!match || text === undefined || text === '') return undefined;
  return [{ text, at: start + match.index + match[0].lastIndexOf(text) }];
}
