import type { Found } from './found';
import type { Lookup } from './interpolate';
import { foundIn, unquoted } from './words';

/** The offsets are those of the value, quotes included. */
export interface KeyedLine {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

const LINE = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*([^\r\n]*)/gm;

/** `KEY=value` of unit, environment and property files; comments begin a line. */
export function keyedLines(text: string, start: number): KeyedLine[] {
  return [...text.slice(start).matchAll(LINE)].map((match) => {
    const value = match[2] ?? '';
    const at = start + match.index + match[0].length - value.length;
    return { key: match[1] ?? '', start: at, end: at + value.trimEnd().length };
  });
}

/** The image that the value of a line names, if it is one. */
export function imageAt(text: string, line: KeyedLine, lookup: Lookup, weak: boolean): Found[] {
  return foundIn(text, unquoted(text, line), { lookup, weak });
}
