import { cpuOf, median, medianMs, slopesOf, type BenchReport, type Line, type Row } from './report';

const MIB = 1 << 20;

export const HEADINGS = ['program', 'median', 'min to max', 'beside ours', 'CPU', 'max RSS', 'requests'] as const;

/** A row of cells for each program. Speed and TLS have a column if they were measured. */
export function cellsOf({ rows, bytes }: Line): string[][] {
  const [ours] = rows;
  const hasTls = rows.some(({ overTls }) => overTls !== undefined);
  const more = [...(bytes === undefined ? [] : ['MiB/s']), ...(hasTls ? ['over TLS'] : [])];
  return [
    [...HEADINGS, ...more],
    ...rows.map((row) => {
      if (row.runs.length === 0)
        return [row.name, 'failed', ...Array<string>(HEADINGS.length - 2 + more.length).fill('')];
      return [
        row.name,
        seconds(medianMs(row)),
        spread(row),
        row === ours ? '' : `${(medianMs(row) / medianMs(ours!)).toFixed(2)} ×`,
        seconds(cpuOf(row)),
        memory(row),
        row.requests === undefined ? '' : row.requests.toLocaleString('en'),
        ...(bytes === undefined ? [] : [(bytes / MIB / (medianMs(row) / 1000)).toFixed(0)]),
        ...(hasTls ? [row.overTls ? seconds(median(row.overTls.map(({ elapsedMs }) => elapsedMs))) : ''] : []),
      ];
    }),
  ];
}

export function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

function spread({ runs }: Row): string {
  const times = runs.map(({ elapsedMs }) => elapsedMs);
  return `${seconds(Math.min(...times))} to ${seconds(Math.max(...times))}`;
}

/** Memory of one process. If each image has its own process, none of them is the whole. */
function memory({ runs }: Row): string {
  const most = Math.max(...runs.map(({ maxRssMebibytes }) => maxRssMebibytes));
  return most > 0 ? `${most.toFixed(0)} MiB` : '';
}

export function markdownTable([head = [], ...body]: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, at) => Math.max(3, ...[head, ...body].map((row) => (row[at] ?? '').length)));
  const lineOf = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  return [lineOf(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(lineOf)];
}

/** The work in which another program was faster, as sentences. */
export function losses(lines: readonly Line[]): string[] {
  return lines.flatMap(({ title, rows: [ours, ...others] }) =>
    others
      .filter((other) => ours !== undefined && isRival(other) && medianMs(other) < medianMs(ours))
      .map(
        (other) => `${title}: ${other.name} takes ${seconds(medianMs(other))}, we take ${seconds(medianMs(ours!))}.`,
      ),
  );
}

/** The bare calls and an idle Node are limits, not competitors. */
function isRival({ name }: Row): boolean {
  return /^(?:crane|skopeo|terraform)/.test(name);
}

export function slopeRows({ lines }: Pick<BenchReport, 'lines'>): string[][] {
  return [
    ['work', 'from', 'to', 'CPU grows with size to the power of'],
    ...slopesOf(lines).map(({ family, from, to, exponent }) => [
      family,
      from.toLocaleString('en'),
      to.toLocaleString('en'),
      exponent.toFixed(2),
    ]),
  ];
}

export function reportText(report: BenchReport): string {
  const { machine, day, loadAtStart, versions, absent, lines } = report;
  return [
    `${day}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.system}, load ${loadAtStart}`,
    versions.join(', '),
    ...(absent.length > 0 ? [`absent: ${absent.join(', ')}`] : []),
    ...lines.flatMap((line) => ['', line.title, ...markdownTable(cellsOf(line))]),
    '',
    ...markdownTable(slopeRows(report)),
    '',
    ...losses(lines).map((text) => `slower: ${text}`),
    ...lines.flatMap(({ title, rows }) =>
      rows.flatMap(({ name, failed }) => (failed === undefined ? [] : [`failed: ${title}: ${name}: ${failed}`])),
    ),
    '',
  ].join('\n');
}
