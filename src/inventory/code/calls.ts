import type { Word } from '../words';
import type { StringLiteral } from './strings';

/** A call such as `oci.pull(name = "x", image = "y")`, as far as its arguments are strings. */
export interface Call {
  readonly name: string;
  /** String arguments by name; positional ones by index. */
  readonly args: ReadonlyMap<string, Word>;
}

/** Longer calls are read only up to this length. */
const MAX_CALL = 8000;

/** Calls of these functions, with their string arguments. */
export function callsIn(code: string, strings: readonly StringLiteral[], names: RegExp): Call[] {
  return [...code.matchAll(new RegExp(names.source, 'g'))].map(({ index, 0: name }) => {
    const open = index + name.length;
    const inside = stringsBetween(strings, open, closing(code, strings, open));
    return { name: name.replace(/\s*\($/, ''), args: new Map(inside.map((one, at) => [argumentName(one, at), one])) };
  });
}

function argumentName({ before }: StringLiteral, index: number): string {
  return /(\w+)\s*[=:]\s*$/.exec(before)?.[1] ?? String(index);
}

function stringsBetween(strings: readonly StringLiteral[], start: number, end: number): StringLiteral[] {
  const found: StringLiteral[] = [];
  for (let at = firstAfter(strings, start); at < strings.length && strings[at]!.end < end; at += 1)
    found.push(strings[at]!);
  return found;
}

/** Index of the first string after an offset: they are in the order of the file, and there may be one for each call. */
function firstAfter(strings: readonly StringLiteral[], offset: number): number {
  let [low, high] = [0, strings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (strings[middle]!.start > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The parenthesis that ends the call. Strings are stepped over, so a parenthesis in one does not count. */
function closing(code: string, strings: readonly StringLiteral[], from: number): number {
  let depth = 1;
  let next = firstAfter(strings, from);
  const limit = Math.min(code.length, from + MAX_CALL);
  for (let at = from; at < limit; at += 1) {
    const string = strings[next];
    if (string && at >= string.start) {
      at = string.end;
      next += 1;
      continue;
    }
    if (code[at] === '(' || code[at] === '{') depth += 1;
    else if ((code[at] === ')' || code[at] === '}') && (depth -= 1) === 0) return at;
  }
  return limit;
}
