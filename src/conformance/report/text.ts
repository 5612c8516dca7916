import { counted, sizeOf } from '../answer-words';
import { instanceName, instancesOf, type CheckResult, type ConformanceReport, type Report } from '../model/result';
import { findings } from './findings';
import { capitalised, causesIn, headline, toDo, type LocatedCause } from './headline';
import { writable } from './markup';
import { isBad, type RenderOptions } from './details';
import { describeSummary, formatMs, RANK_WORDS, shortDigests, SIGNS, toldRequests, upstreamCostLines } from './words';
import { wrap, wrapCommand } from './wrap';

const FRONT_DOOR = '(front door)';
/** Columns. A longer command is continued after a backslash, so that it can be pasted; YAML is not wrapped. */
const WIDTH = 100;
const MAX_TOLD_CAUSES = 20;
const MAX_TOLD_PLACES = 6;
const MAX_TOLD_FINDINGS = 50;
const MAX_TOLD_ROWS = 50;
/** Of a name in the first column. */
const MAX_LABEL = 48;

/**
 * The verdict, the worst cause and what to do about it; then every cause; then a table of the relevant checks; then
 * every finding with request ids for Harbor's logs:
 *
 *       FAILED: 2 of 8 projects on harbor.example.com; 4 checks failed
 *       worst: Upstream quay.io limits pulls (429): M1, S1 failed in proxy.quay.io
 *       do:    wait, or give the registry an account that may pull more
 *
 *       Causes, the worst first:
 *        1. [outage] …
 *
 *       https://harbor.example.com/ (Harbor v2.15.1)
 *
 *                        M1 S1        columns and rows with failures only; all of them with `matrix`
 *       proxy.quay.io     ✗  ✗
 *
 *       ✗ M1 proxy.quay.io: …         a group for each cause
 *
 *       41 passed, 4 failed; 212 requests, 3.1 MiB in 12.0 s
 *
 * Lists have an upper limit, because a run over a thousand projects is printed as well; report.json has all.
 */
export function toText(report: Report, { matrix = false }: RenderOptions = {}): string {
  const instances = instancesOf(report);
  const { kind, verdict, words, whatToDo, command } = headline(report);
  return [
    ...paragraph(verdict),
    ...(kind === 'pass' ? [] : paragraph(`worst: ${words}`, '       ')),
    ...(whatToDo === undefined ? [] : doLines('do:    ', '       ', whatToDo, command)),
    ...describeCauses(report),
    ...instances.flatMap((one) => ['', ...describeInstance(one, matrix)]),
    '',
    ...paragraph(`${describeSummary(report)}; ${totals(report)}`),
    ...instances.flatMap(costLines),
    ...instances.flatMap((one) => (one.complete ? [] : paragraph(incomplete(report, one)))),
    '',
  ].join('\n');
}

function paragraph(text: string, indent = ''): string[] {
  return wrap(writable(shortDigests(text)), WIDTH, indent);
}

function describeCauses(report: Report): string[] {
  const causes = causesIn(report);
  const told = causes.slice(0, MAX_TOLD_CAUSES);
  if (told.length === 0) return [];
  const rest = causes.length - told.length;
  return [
    '',
    'Causes, the worst first:',
    ...told.flatMap((one, at) => describeCause(report, one, at + 1)),
    ...(rest > 0 ? [`  … and ${counted(rest, 'more cause')}`] : []),
  ];
}

/**
 *       1. [outage] Upstream quay.io limits pulls (429) (upstream)
 *          M1, S1 in proxy.quay.io
 *          seen: checked from here: 429 [bw-…]; requested through Harbor again: 429
 *          do: wait, or give the registry an account that may pull more
 *          change:
 *            registries: …
 */
function describeCause(report: Report, { instance, cause }: LocatedCause, number: number): string[] {
  const { rank, party, words, evidence, projects, checks, link, yaml } = cause;
  const indent = '    ';
  const at = checks.some(({ project }) => project === undefined) ? ['front door', ...projects] : projects;
  const ids = [...new Set(checks.map(({ id }) => id))];
  const inFleet = 'instances' in report ? `${instanceName(instance)}: ` : '';
  const does = toDo(cause);
  const by = rank === 'undetermined' ? '' : ` (${party})`;
  return [
    ...paragraph(`${String(number).padStart(2)}. [${RANK_WORDS[rank]}] ${capitalised(words)}${by}`, indent),
    ...paragraph(`${indent}${inFleet}${ids.join(', ')} in ${some(at)}`, indent),
    ...(evidence.length === 0
      ? []
      : paragraph(`${indent}seen: ${evidence.map(({ label, value }) => `${label}: ${value}`).join('; ')}`, indent)),
    ...(does === undefined ? [] : doLines(`${indent}do: `, indent, does, cause.command)),
    ...(yaml === undefined ? [] : [`${indent}change:`, ...yaml.split('\n').map((line) => `${indent}  ${line}`)]),
    ...(link === undefined ? [] : [`${indent}${link}`]),
  ];
}

/** On one line if it fits; otherwise the command is on its own line, complete, so that it can be pasted. */
function doLines(lead: string, indent: string, does: string, command: string | undefined): string[] {
  const line = writable(shortDigests(`${lead}${does}`));
  if (command === undefined || line.length <= WIDTH) return wrap(line, WIDTH, indent);
  const words = does.slice(0, does.length - command.length).replace(/: $/, '');
  return [
    ...(words === '' ? [] : paragraph(`${lead}${words}:`, indent)),
    ...wrapCommand(writable(command), WIDTH, indent),
  ];
}

function some(names: readonly string[]): string {
  const rest = names.length - MAX_TOLD_PLACES;
  return names.slice(0, MAX_TOLD_PLACES).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function describeInstance(report: ConformanceReport, isWhole: boolean): string[] {
  const { harbor, instance } = report;
  const version = harbor.version === undefined ? '' : ` (Harbor ${harbor.version})`;
  const rows = table(report, isWhole);
  const machine = harbor.address === undefined ? '' : ` at ${harbor.address}`;
  return [
    `${instance === undefined ? '' : `${instance}: `}${harbor.url}${machine}${version}`,
    ...(rows.length === 0 ? [] : ['', ...rows, '', '✓ pass  ✗ fail  ! error  ~ known deviation  · skipped']),
    ...describeFindings(report),
  ];
}

/**
 * Known deviations are only in the table and among the causes: they need no request id, because nothing is to be done.
 */
function describeFindings(report: ConformanceReport): string[] {
  const bad = findings(report).filter(([first]) => first?.status !== 'known-deviation');
  const rest = bad.length - MAX_TOLD_FINDINGS;
  return [
    ...bad.slice(0, MAX_TOLD_FINDINGS).flatMap((group) => ['', ...describeGroup(group)]),
    ...(rest > 0 ? ['', `… and ${counted(rest, 'more finding')}: report.json has them all`] : []),
  ];
}

/** Rows and columns with failures, or all; the others are only counted. */
function table({ checks, projects, results }: ConformanceReport, isWhole: boolean): string[] {
  const found = new Map(results.map((result) => [`${result.id} ${result.project ?? ''}`, result]));
  const told = isWhole ? results : results.filter(isBad);
  const idsTold = new Set(told.filter(({ project }) => project !== undefined).map(({ id }) => id));
  const projectsTold = new Set(told.map(({ project }) => project));
  const ids = checks.map(({ id }) => id).filter((id) => idsTold.has(id));
  const all = projects.map(({ name }) => name).filter((name) => projectsTold.has(name));
  const names = isWhole ? all : all.slice(0, MAX_TOLD_ROWS);
  const atDoor = told.filter(({ project }) => project === undefined);
  const width = names.reduce((widest, name) => Math.max(widest, labelOf(name).length), FRONT_DOOR.length);
  const line = (label: string, cells: readonly string[], of: readonly string[]): string =>
    `${label.padEnd(width)}  ${cells.map((text, at) => text.padStart(of[at]?.length ?? 0)).join(' ')}`.trimEnd();
  const door = `${FRONT_DOOR.padEnd(width)}  ${atDoor.map(({ id, status }) => `${id} ${SIGNS[status]}`).join('  ')}`;
  const quiet = projects.length - all.length;
  return [
    ...(atDoor.length > 0 ? wrap(door, WIDTH, ' '.repeat(width + 2)) : []),
    ...columns(ids, WIDTH - width - 2).flatMap((some) => [
      line('', some, some),
      ...names.map((name) =>
        line(
          labelOf(name),
          some.map((id) => cell(found.get(`${id} ${name}`))),
          some,
        ),
      ),
    ]),
    ...(all.length > names.length
      ? [`… and ${counted(all.length - names.length, 'more project')} with failures (--matrix)`]
      : []),
    ...(quiet > 0 && names.length > 0 ? [`${counted(quiet, 'further project')}: no failures`] : []),
  ];
}

/** Names of the same kind differ at the end more often than in the middle. */
function labelOf(name: string): string {
  return name.length <= MAX_LABEL ? name : `${name.slice(0, MAX_LABEL / 2 - 1)}…${name.slice(-MAX_LABEL / 2)}`;
}

/** As many columns next to each other as fit. */
function columns(ids: readonly string[], width: number): string[][] {
  const blocks: string[][] = [];
  let used = Infinity;
  for (const id of ids) {
    if (used + id.length + 1 > width) {
      blocks.push([]);
      used = 0;
    }
    blocks.at(-1)!.push(id);
    used += id.length + 1;
  }
  return blocks;
}

function cell(result: CheckResult | undefined): string {
  return result ? SIGNS[result.status] : '';
}

/** Request ids that the message does not contain follow it: with them Harbor's log shows what happened. */
function describe(result: CheckResult): string[] {
  const { id, title, project, status, message } = result;
  const where = project ?? FRONT_DOOR;
  const ids = toldRequests(result).map((request) => request.id);
  return [
    ...wrap(`${SIGNS[status]} ${id} ${where}: ${title}`, WIDTH, '    '),
    ...writable(shortDigests(message))
      .split('\n')
      .flatMap((line) => wrap(`    ${line}`, WIDTH, '    ')),
    ...(ids.some((one) => !message.includes(one)) ? wrap(`    X-Request-ID ${ids.join(', ')}`, WIDTH, '    ') : []),
  ];
}

function describeGroup([first, ...others]: readonly CheckResult[]): string[] {
  if (!first) return [];
  const same = others.map(({ id, project }) => `${id === first.id ? '' : `${id} `}${project ?? FRONT_DOOR}`);
  return [...describe(first), ...(same.length === 0 ? [] : wrap(`    the same for ${some(same)}`, WIDTH, '    '))];
}

/** From the cost, which was counted during the run; reports of earlier versions have none. */
function totals(report: Report): string {
  const hosts = instancesOf(report).flatMap(({ cost }) =>
    cost ? [cost.harbor, ...cost.upstreams, ...cost.others] : [],
  );
  const requests = instancesOf(report).flatMap(({ results }) => results.flatMap((result) => result.requests));
  const [count, bytes] =
    hosts.length > 0
      ? [sumOf(hosts.map((host) => host.requests)), sumOf(hosts.map((host) => host.bytes))]
      : [requests.length, sumOf(requests.map((request) => request.bytes))];
  return `${counted(count, 'request')}, ${sizeOf(bytes)} in ${formatMs(report.durationMs)}`;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** The cost of the run for Harbor and the upstreams; one line each. */
function costLines({ cost }: ConformanceReport): string[] {
  if (!cost) return [];
  const { harbor, upstreams } = cost;
  return [
    `cost: ${counted(harbor.requests, 'request')} to Harbor (${sizeOf(harbor.bytes)})`,
    ...upstreamCostLines(upstreams).flatMap((one) => paragraph(`      ${one}`, '        ')),
  ];
}

function incomplete(report: Report, one: ConformanceReport): string {
  const whose = 'instances' in report ? `The run of ${instanceName(one)}` : 'The run';
  return `${whose} is not complete: ${one.stopped ?? 'stopped'}.`;
}
