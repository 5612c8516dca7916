import type { Status } from '../outcome';
import type { CheckResult, ConformanceReport } from '../result';
import { writable } from './markup';
import { describeSummary, formatBytes, formatMs } from './words';

/** One letter or sign a cell, so that a terminal of 80 columns shows every check. */
const SIGNS: Readonly<Record<Status, string>> = {
  pass: '✓',
  fail: '✗',
  error: '!',
  'known-deviation': '~',
  skip: '·',
};

const FRONT_DOOR = '(front door)';

/** A table of projects and checks, then in words what did not pass, with ids to look for in Harbor's logs. */
export function toText(report: ConformanceReport): string {
  const told = report.results.filter(({ status }) => status !== 'pass' && status !== 'skip');
  return [
    headline(report),
    '',
    ...table(report),
    '',
    `✓ pass  ✗ fail  ! error  ~ known deviation  · skipped`,
    ...told.flatMap((result) => ['', ...describe(result)]),
    '',
    `${describeSummary(report)}; ${totals(report)}`,
    ...(report.complete ? [] : [`The run is not complete: ${report.stopped ?? 'stopped'}.`]),
    '',
  ].join('\n');
}

function headline({ harbor, projects }: ConformanceReport): string {
  const version = harbor.version === undefined ? '' : ` (Harbor ${harbor.version})`;
  return `Conformance of ${harbor.url}${version}, ${projects.length} projects`;
}

function table(report: ConformanceReport): string[] {
  const ids = report.checks.map(({ id }) => id);
  const rows = [undefined, ...report.projects.map(({ name }) => name)].map((project) => ({
    label: project ?? FRONT_DOOR,
    cells: ids.map((id) => cell(report.results.find((result) => result.id === id && result.project === project))),
  }));
  const width = Math.max(...rows.map(({ label }) => label.length));
  const line = (label: string, cells: readonly string[]): string =>
    `${label.padEnd(width)}  ${cells.map((text, at) => text.padStart(ids[at]!.length)).join(' ')}`.trimEnd();
  return [line('', ids), ...rows.map(({ label, cells }) => line(label, cells))];
}

function cell(result: CheckResult | undefined): string {
  return result ? SIGNS[result.status] : '';
}

function describe({ id, title, project, status, message, link, requests }: CheckResult): string[] {
  const where = project ?? FRONT_DOOR;
  const ids = requests.slice(-3).map((request) => request.id);
  return [
    `${SIGNS[status]} ${id} ${where}: ${title}`,
    ...writable(message)
      .split('\n')
      .map((line) => `    ${line}`),
    ...(link === undefined ? [] : [`    ${link}`]),
    ...(ids.length > 0 ? [`    X-Request-ID ${ids.join(', ')}`] : []),
  ];
}

function totals({ results, durationMs }: ConformanceReport): string {
  const requests = results.flatMap((result) => result.requests);
  const bytes = requests.reduce((sum, request) => sum + request.bytes, 0);
  return `${requests.length} requests, ${formatBytes(bytes)} in ${formatMs(durationMs)}`;
}
