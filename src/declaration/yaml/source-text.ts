import { compact } from '../../compact';
import type { Position } from '../../diagnostic';
import { lineAt } from '../../line-at';

/** One declared file as text, with the data to convert an offset to line and column. */
export interface SourceText {
  /** The path for people: relative to the working directory, or absolute. */
  readonly file: string;
  readonly text: string;
  /** Offset of the first character of each line. */
  readonly lineStarts: readonly number[];
}

/** Part of a file; offsets in UTF-16 units, `end` exclusive. */
export interface Span {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

/** Lines end at LF; a CR before it belongs to the line. */
export function sourceText(file: string, text: string): SourceText {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { file, text, lineStarts };
}

/** A span over several lines is cut at the end of its first line, because carets mark only one line. */
export function positionOf({ source, start, end }: Span): Position {
  const line = lineAt(source.lineStarts, start);
  const lineStart = source.lineStarts[line] ?? 0;
  const column = start - lineStart + 1;
  const endColumn = Math.min(end, endOfLine(source, line)) - lineStart + 1;
  return compact({ file: source.file, line: line + 1, column, endColumn: endColumn > column ? endColumn : undefined });
}

/** For findings about the file as a whole. */
export function startOf(source: SourceText): Position {
  return { file: source.file, line: 1, column: 1 };
}

function endOfLine({ text, lineStarts }: SourceText, line: number): number {
  const next = lineStarts[line + 1];
  let end = next === undefined ? text.length : next - 1;
  if (text[end - 1] === '\r') end -= 1;
  return end;
}
