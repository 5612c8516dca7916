import { counted } from '../answer-words';
import type { CheckResult, ConformanceReport } from '../result';
import { findings } from './findings';
import { writable } from './markup';
import { describeSummary, formatBytes, formatMs, shortDigests, SIGNS, toldRequests } from './words';

const FRONT_DOOR = '(front door)';

/** A table of projects and checks, then in words what did not pass, with ids to look for in Harbor's logs. */
export function toText(report: ConformanceReport): string {
  return [
    headline(report),
    '',
    ...table(report),
    '',
    `✓ pass  ✗ fail  ! error  ~ known deviation  · skipped`,
    ...findings(report).flatMap((group) => ['', ...describeGroup(group)]),
    '',
    `${describeSummary(report)}; ${totals(report)}`,
    ...(report.complete ? [] : [`The run is not complete: ${report.stopped ?? 'stopped'}.`]),
    '',
  ].join('\n');
}

function headline({ harbor, projects }: ConformanceReport): string {
  const version = harbor.version === undefined ? '' : ` (Harbor ${harbor.version})`;
  return `Conformance of ${harbor.url}${version}, ${counted(projects.length, 'project')}`;
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

function describe(result: CheckResult): string[] {
  const { id, title, project, status, message, link } = result;
  const where = project ?? FRONT_DOOR;
  const ids = toldRequests(result).map((request) => request.id);
  return [
    `${SIGNS[status]} ${id} ${where}: ${title}`,
    ...writable(shortDigests(message))
      .split('\n')
      .map((line) => `    ${line}`),
    ...(link === undefined ? [] : [`    ${link}`]),
    ...(ids.some((one) => !message.includes(one)) ? [`    X-Request-ID ${ids.join(', ')}`] : []),
  ];
}

function describeGroup([first, ...others]: readonly CheckResult[]): string[] {
  if (!first) return [];
  const same = others.map(({ project }) => project ?? FRONT_DOOR).join(', ');
  return [...describe(first), ...(same === '' ? [] : [`    the same for ${same}`])];
}

function totals({ results, durationMs }: ConformanceReport): string {
  const requests = results.flatMap((result) => result.requests);
  const bytes = requests.reduce((sum, request) => sum + request.bytes, 0);
  return `${requests.length} requests, ${formatBytes(bytes)} in ${formatMs(durationMs)}`;
}
