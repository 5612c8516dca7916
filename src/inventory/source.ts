import { lineAt } from '../line-at';

/** One file with one character for each byte: offsets are byte offsets, and decoding loses nothing. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** Offset of the first character of each line. */
  readonly lineStarts: readonly number[];
}

/** Where a person or an editor finds it. The end is on the same line: a longer text is cut there. */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number;
  readonly endColumn: number;
}

const BOM = '\u00ef\u00bb\u00bf';

/** Lines are computed on demand: most files name no image. */
export function sourceOf(file: string, bytes: Buffer): Source {
  const text = bytes.toString('latin1');
  let lineStarts: readonly number[] | undefined;
  return {
    file,
    text,
    get lineStarts() {
      return (lineStarts ??= startsOf(text));
    },
  };
}

function startsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Start of the text, after a byte order mark. */
export function textStart({ text }: Source): number {
  return text.startsWith(BOM) ? BOM.length : 0;
}

/** From offsets in bytes to lines and columns in characters, both from 1: editors and CI count so. */
export function placeOf(source: Source, start: number, end: number): Place {
  const line = lineAt(source.lineStarts, start);
  const lineStart = line === 0 ? textStart(source) : (source.lineStarts[line] ?? 0);
  const lineEnd = (source.lineStarts[line + 1] ?? source.text.length + 1) - 1;
  const column = widthOf(source.text.slice(lineStart, start)) + 1;
  return { line: line + 1, column, endColumn: column + widthOf(source.text.slice(start, Math.min(end, lineEnd))) };
}

/** The decoded text. */
export function decoded(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function widthOf(bytes: string): number {
  return decoded(bytes).length;
}
