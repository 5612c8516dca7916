import type { ImageReference } from '../reference';
import type { Inventory } from '../report';

const COLUMNS: readonly (readonly [name: string, of: (reference: ImageReference) => string | number | undefined])[] = [
  ['file', ({ file }) => file],
  ['line', ({ place }) => place?.line],
  ['column', ({ place }) => place?.column],
  ['format', ({ format }) => format],
  ['written', ({ written }) => written],
  ['reference', ({ reference }) => reference],
  ['status', ({ status }) => status],
  ['project', ({ project }) => project],
  ['target', ({ target }) => target],
  ['why', ({ why }) => why],
  ['mutable', ({ mutable }) => (mutable ? 'yes' : 'no')],
  ['confidence', ({ confidence }) => confidence],
];

/** CSV as in RFC 4180 with Unix line breaks: one line per reference. */
export function* renderCsv({ references }: Inventory): Iterable<string> {
  yield lineOf(COLUMNS.map(([name]) => name));
  for (const one of references) yield lineOf(COLUMNS.map(([, of]) => of(one) ?? ''));
}

function lineOf(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => quoted(String(cell))).join(',')}\n`;
}

/** Spreadsheets execute cells that begin with these characters. */
function quoted(cell: string): string {
  const safe = /^[=+\-@\t]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
