import { instanceName, instancesOf, type CheckResult, type ConformanceReport, type Report } from '../result';
import { findings } from './findings';
import { headline } from './headline';
import { writable } from './markup';
import { causeLines, describeSummary, formatBytes, formatMs, shortDigests, SIGNS, toldRequests } from './words';

const FRONT_DOOR = '(front door)';

/** What is wrong in one line, a table of projects and checks, then every finding with ids to look for in Harbor's logs. */
export function toText(report: Report): string {
  const instances = instancesOf(report);
  const { words, more } = headline(report);
  return [
    writable(words),
    ...more.map((line) => `  also: ${writable(line)}`),
    ...instances.flatMap((one) => ['', ...describeInstance(one)]),
    '',
    `${describeSummary(report)}; ${totals(report)}`,
    ...instances.flatMap((one) => (one.complete ? [] : [incomplete(report, one)])),
    '',
  ].join('\n');
}

function describeInstance(report: ConformanceReport): string[] {
  const { harbor, instance } = report;
  const version = harbor.version === undefined ? '' : ` (Harbor ${harbor.version})`;
  return [
    `${instance === undefined ? '' : `${instance}: `}${harbor.url}${version}`,
    '',
    ...table(report),
    '',
    `✓ pass  ✗ fail  ! error  ~ known deviation  · skipped`,
    ...findings(report).flatMap((group) => ['', ...describeGroup(group)]),
  ];
}

/** The checks of the front door are of no project: columns of their own would be empty all the way down. */
function table({ checks, projects, results }: ConformanceReport): string[] {
  const found = new Map(results.map((result) => [`${result.id} ${result.project ?? ''}`, result]));
  const ofProjects = new Set(results.filter(({ project }) => project !== undefined).map(({ id }) => id));
  const ids = checks.map(({ id }) => id).filter((id) => ofProjects.has(id));
  const atDoor = results.filter(({ project }) => project === undefined);
  const width = Math.max(FRONT_DOOR.length, ...projects.map(({ name }) => name.length));
  const line = (label: string, cells: readonly string[]): string =>
    `${label.padEnd(width)}  ${cells.map((text, at) => text.padStart(ids[at]?.length ?? 0)).join(' ')}`.trimEnd();
  return [
    `${FRONT_DOOR.padEnd(width)}  ${atDoor.map(({ id, status }) => `${id} ${SIGNS[status]}`).join('  ')}`.trimEnd(),
    line('', ids),
    ...projects.map(({ name }) =>
      line(
        name,
        ids.map((id) => cell(found.get(`${id} ${name}`))),
      ),
    ),
  ];
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
    ...writable([...causeLines(result), shortDigests(message)].join('\n'))
      .split('\n')
      .map((line) => `    ${line}`),
    ...(link === undefined ? [] : [`    ${link}`]),
    ...(ids.some((one) => !message.includes(one)) ? [`    X-Request-ID ${ids.join(', ')}`] : []),
  ];
}

function describeGroup([first, ...others]: readonly CheckResult[]): string[] {
  if (!first) return [];
  const same = others.map(({ id, project }) => `${id === first.id ? '' : `${id} `}${project ?? FRONT_DOOR}`).join(', ');
  return [...describe(first), ...(same === '' ? [] : [`    the same for ${same}`])];
}

function totals(report: Report): string {
  const requests = instancesOf(report).flatMap(({ results }) => results.flatMap((result) => result.requests));
  const bytes = requests.reduce((sum, request) => sum + request.bytes, 0);
  return `${requests.length} requests, ${formatBytes(bytes)} in ${formatMs(report.durationMs)}`;
}

function incomplete(report: Report, one: ConformanceReport): string {
  const whose = 'instances' in report ? `The run of ${instanceName(one)}` : 'The run';
  return `${whose} is not complete: ${one.stopped ?? 'stopped'}.`;
}
