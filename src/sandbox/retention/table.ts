const NUMBER = /^-?(?:\d{1,3}(?:,\d{3})*|\d+)(?:\.\d+)?$/;

/** A table as in the log of a Harbor job: headings centered, numbers aligned right, everything else left. */
export function renderTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[], pad: (text: string, width: number) => string): string =>
    `|${cells.map((cell, column) => ` ${pad(cell, widths[column]!)} `).join('|')}|\n`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|\n`;
  return line(headings, centered) + rule + rows.map((row) => line(row, aligned)).join('');
}

function centered(text: string, width: number): string {
  const left = Math.floor((width - text.length) / 2);
  return text.padStart(text.length + left).padEnd(width);
}

function aligned(text: string, width: number): string {
  return NUMBER.test(text) ? text.padStart(width) : text.padEnd(width);
}
