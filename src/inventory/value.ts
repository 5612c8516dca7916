import { compact } from '../compact';
/** A part of a value. */
export interface Piece {
  readonly text: string;
  /** Offset at which `text` appears in the file, byte for byte; absent if it does not. */
  readonly at?: number;
  /** For the value of a variable: number of its uses in the file. */
  readonly uses?: number;
}

/** A part that is only known at run time, such as a variable without a default. */
export interface Hole {
  readonly unknown: string;
}

export type Value = readonly (Piece | Hole)[];

/** Represents a hole in text; it is not part of any reference. */
export const HOLE = '\u0000';

export function textOf(value: Value): string {
  return value.map((part) => ('unknown' in part ? HOLE : part.text)).join('');
}

export function holesOf(value: Value): string[] {
  return value.flatMap((part) => ('unknown' in part ? [part.unknown] : []));
}

/** Where characters [start, end) of the value appear in the file; undefined if they are not in one place. */
export function placeInFile(value: Value, start: number, end: number): (Piece & { at: number }) | undefined {
  let offset = 0;
  for (const part of value) {
    const length = 'unknown' in part ? HOLE.length : part.text.length;
    const isInside = start >= offset && end <= offset + length && (start < offset + length || length === 0);
    if (isInside && length > 0)
      return 'unknown' in part || part.at === undefined
        ? undefined
        : compact({
            text: part.text.slice(start - offset, end - offset),
            at: part.at + start - offset,
            uses: part.uses,
          });
    offset += length;
  }
  return undefined;
}

export function literal(text: string, at?: number): Piece {
  return at === undefined ? { text } : { text, at };
}
