/** Prose in a cell or a line: what Markdown would take for HTML, a table or emphasis is escaped. */
export function text(prose: string): string {
  return prose
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part.replaceAll('|', '\\|') : part.replace(/[|<*_]/g, '\\$&')))
    .join('');
}

export function code(name: string): string {
  return `\`${name.replaceAll('|', '\\|')}\``;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
