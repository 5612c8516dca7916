import { prose } from '../../plan/render/markdown-words';

/** Lines as an alert of a comment or a job summary. */
export function cautionMarkdown(lines: readonly string[]): string {
  return `> [!CAUTION]\n${lines.map((line) => `> ${prose(line.trim())}  `).join('\n')}\n`;
}
