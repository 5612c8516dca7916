import type { AccessRow, Verdict } from '../../harbor/access';

/** What the credentials may do with each kind; empty if unknown. */
export function accessTable(access: readonly AccessRow[]): string {
  if (access.length === 0) return '';
  const cells = [
    ['kind', 'read', 'create', 'update', 'delete'],
    ...access.map((row) => [row.kind, word(row.read), word(row.create), word(row.update), word(row.remove)]),
  ];
  const widths = cells[0]!.map((_cell, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd());
  return `\n${lines.join('\n')}\n`;
}

function word({ may, where, missing }: Verdict): string {
  if (may === 'nobody') return `NO (${missing ?? 'not permitted'})`;
  if (may === 'unknown') return '?';
  return may === 'partly' ? `partly${where ? ` (${where.join(', ')})` : ''}` : `by ${may}`;
}
