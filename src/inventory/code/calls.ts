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
  return strings.filter((one) => one.start > start && one.end < end);
}

/** The parenthesis that ends the call. Strings are stepped over, so a parenthesis in one does not count. */
function closing(code: string, strings: readonly StringLiteral[], from: number): number {
  let depth = 1;
  let next = strings.findIndex(({ start }) => start > from);
  const limit = Math.min(code.length, from + MAX_CALL);
  for (let at = from; at < limit; at += 1) {
    const string = next === -1 ? undefined : strings[next];
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
