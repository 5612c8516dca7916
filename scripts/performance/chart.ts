import { medianMs, type Line } from './report';
import { seconds } from './text';

const WIDTH = 760;
const LABEL = 300;
const BAR = 16;
const GAP = 5;
const HEAD = 26;

/** Bars of each program under the title of the work, ours in another color. Each piece of work has its own scale. */
export function chart(lines: readonly Line[]): string {
  let y = 8;
  const parts = lines.flatMap((line) => {
    const rows = line.rows.filter(({ runs }) => runs.length > 0);
    const longest = Math.max(...rows.map(medianMs));
    const title = text(8, (y += HEAD) - 8, line.title.replaceAll('`', ''), 'font-weight="600"');
    const bars = rows.flatMap((row) => {
      const width = Math.max(1, (medianMs(row) / longest) * (WIDTH - LABEL - 90));
      const top = y;
      y += BAR + GAP;
      return [
        text(8, top + 12, row.name),
        `<rect x="${LABEL}" y="${top}" width="${width.toFixed(1)}" height="${BAR}" fill="${row === line.rows[0] ? '#0969da' : '#8c959f'}"/>`,
        text(LABEL + width + 6, top + 12, seconds(medianMs(row))),
      ];
    });
    return [title, ...bars];
  });
  const height = y + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`;
}

function text(x: number, y: number, words: string, more = ''): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(0)}" y="${y}" fill="#1f2328"${more === '' ? '' : ` ${more}`}>${safe}</text>`;
}
