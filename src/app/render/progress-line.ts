/** ` [==== ] 2/4 what`. A shortened line ends with `…`, which is how masking recognizes a shortened secret. */
export function progressLine(done: number, total: number, what: string, columns: number): string {
  const text = `  ${bar(done, total)} ${done}/${total} ${what}`;
  return text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
}

function bar(done: number, total: number): string {
  const width = 24;
  const filled = total > 0 ? Math.round((Math.min(done, total) / total) * width) : 0;
  return `[${'='.repeat(filled)}${' '.repeat(width - filled)}]`;
}
