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

/**
 * A text in parts. Where each part is written is kept, so that a part can be edited where it stands:
 *
 *      TAG=1.27                [{ text: 'nginx:', at: 21 }, { text: '1.27', at: 4, uses: 1 }]
 *      docker pull nginx:$TAG
 */
export type Value = readonly (Piece | Hole)[];

/** Represents a hole in text; it is not part of any reference. */
export const HOLE = '\u0000';

/** With `HOLE` for each part that is not known, so that offsets into it stay those of `placeInFile`. */
export function textOf(value: Value): string {
  return value.map((part) => ('unknown' in part ? HOLE : part.text)).join('');
}

/** As they are written, such as `${TAG}`. */
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

/** Without `at` it is text that is nowhere in the file, such as the `/` between a registry and a repository. */
export function literal(text: string, at?: number): Piece {
  return at === undefined ? { text } : { text, at };
}
