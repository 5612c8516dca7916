import { compact } from '../compact';
/** A part of a value. */
export interface Piece {
  readonly text: string;
  /** Offset at which `text` stands in the file, byte for byte; absent where it does not. */
  readonly at?: number;
  /** For the value of a variable: how often the file uses the variable. */
  readonly uses?: number;
}

/** A part that only a run would reveal, such as a variable without a default. */
export interface Hole {
  readonly unknown: string;
}

export type Value = readonly (Piece | Hole)[];

/** Stands for a hole in text; it is not part of any reference. */
export const HOLE = '\u0000';

export function textOf(value: Value): string {
  return value.map((part) => ('unknown' in part ? HOLE : part.text)).join('');
}

export function holesOf(value: Value): string[] {
  return value.flatMap((part) => ('unknown' in part ? [part.unknown] : []));
}

/** Where characters [start, end) of the value stand in the file; nothing where they do not stand in one place. */
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
