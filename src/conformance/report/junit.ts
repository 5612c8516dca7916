import { compact } from '../../compact';
import { instanceName, instancesOf, type CheckResult, type ConformanceReport, type Report } from '../model/result';
import { inFew, inShort, type RenderOptions } from './details';
import { grouped } from '../../grouped';
import { causeLine, causesIn, headline, toDo } from './headline';
import { escapeMarkup } from './markup';
import { causeLines, describeRequest } from './words';

/** A group of tests as CI shows it: a project, a front door, or a run that was stopped. */
interface Suite {
  readonly name: string;
  readonly startedAt: string;
  readonly file?: string;
  readonly results: readonly CheckResult[];
  /** About the whole run, as `<system-out>` of the front door: JUnit has no place for the run itself. */
  readonly told?: string;
}

/**
 * JUnit for GitLab, Jenkins and Azure: a suite per project, a unique classname and name, and the reason both as
 * attribute and as text, because GitLab shows only the text. A known deviation is neither a pass nor a failure: it is
 * skipped, with its link. A run that was stopped is an error of its own, because its skipped checks alone would be
 * green.
 *
 *      status             element       attribute type
 *      pass               none          -
 *      fail               <failure>     fail
 *      error              <error>       error
 *      known-deviation    <skipped>     -
 *      skip               <skipped>     -
 */
export function toJunit(report: Report, { details = 'failed' }: RenderOptions = {}): string {
  const told = instancesOf(inShort(report, details)).map((one) => (details === 'all' ? one : inFew(one)));
  const suites = told.flatMap((one) => suitesOf(one, 'instances' in report));
  const results = suites.flatMap((suite) => suite.results);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="breakwater conformance" ${counts(results)} time="${seconds(report.durationMs)}">`,
    ...suites.map(toSuite),
    '</testsuites>',
    '',
  ].join('\n');
}

/**
 * A suite for the front door, one for each project, and one for a run that was stopped; those without results are left
 * out. With several Harbors, their names begin with that of the Harbor, because names of suites must differ.
 */
function suitesOf(report: ConformanceReport, isFleet: boolean): Suite[] {
  const byProject = grouped(report.results, ({ project }) => project);
  const prefix = isFleet ? `${instanceName(report)}: ` : '';
  const { startedAt } = report;
  const frontDoor = {
    name: isFleet ? `${prefix}front door` : `front door of ${new URL(report.harbor.url).host}`,
    startedAt,
    results: byProject.get(undefined) ?? [],
    told: causesText(report),
  };
  const projects = report.projects.map(({ name, position }) =>
    compact<Suite>({
      name: `${prefix}${name}`,
      startedAt,
      file: position?.file,
      results: byProject.get(name) ?? [],
    }),
  );
  const run = { name: `${prefix}run`, startedAt, results: report.complete ? [] : [stoppedResult(report)] };
  return [frontDoor, ...projects, run].filter(({ results }) => results.length > 0);
}

/** A run that ended early, as a result that cannot be mistaken for a pass. */
export function stoppedResult({ stopped, durationMs }: ConformanceReport): CheckResult {
  return {
    id: 'run',
    title: 'The run is complete',
    status: 'error',
    message: `the run was stopped: ${stopped ?? 'no reason recorded'}`,
    evidence: [],
    startedAfterMs: durationMs,
    durationMs: 0,
    requests: [],
  };
}

/** The verdict and every cause, in the place for output. */
function causesText(report: ConformanceReport): string {
  const { verdict } = headline(report);
  const lines = causesIn(report).filter(({ cause }) => cause.rank !== 'known');
  if (lines.length === 0) return '';
  return [
    verdict,
    ...lines.flatMap((one) => [
      causeLine(report, one),
      ...(toDo(one.cause) === undefined ? [] : [`  to do: ${toDo(one.cause)!}`]),
    ]),
  ].join('\n');
}

function toSuite(suite: Suite): string {
  const { name, startedAt, results } = suite;
  const timeMs = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const attributes = `name="${escapeMarkup(name)}" ${counts(results)} time="${seconds(timeMs)}"`;
  return [
    `  <testsuite ${attributes} timestamp="${escapeMarkup(startedAt)}">`,
    ...results.map((result) => testcase(suite, result)),
    ...(suite.told === undefined || suite.told === ''
      ? []
      : [`    <system-out>${escapeMarkup(suite.told)}</system-out>`]),
    '  </testsuite>',
  ].join('\n');
}

function testcase({ name, file }: Suite, result: CheckResult): string {
  const attributes = [
    `classname="${escapeMarkup(`breakwater.${name}`)}"`,
    `name="${escapeMarkup(`${result.id} ${result.title}`)}"`,
    ...(file === undefined ? [] : [`file="${escapeMarkup(file)}"`]),
    `time="${seconds(result.durationMs)}"`,
  ].join(' ');
  const verdict = element(result);
  return verdict === undefined
    ? `    <testcase ${attributes}/>`
    : `    <testcase ${attributes}>\n      ${verdict}\n    </testcase>`;
}

/** The child of a test case: cause and message as attribute, and again as text with the requests. */
function element(result: CheckResult): string | undefined {
  const tag = TAGS[result.status];
  if (tag === undefined) return undefined;
  const reason = result.link === undefined ? result.message : `${result.message} ${result.link}`;
  const message = [...causeLines(result), reason].join('\n');
  const text = [message, '', ...result.requests.map(describeRequest)].join('\n').trimEnd();
  const type = tag === 'skipped' ? '' : ` type="${result.status}"`;
  return `<${tag} message="${escapeMarkup(message)}"${type}>${escapeMarkup(text)}</${tag}>`;
}

const TAGS: Readonly<Record<CheckResult['status'], 'failure' | 'error' | 'skipped' | undefined>> = {
  pass: undefined,
  fail: 'failure',
  error: 'error',
  skip: 'skipped',
  'known-deviation': 'skipped',
};

function counts(results: readonly CheckResult[]): string {
  const count = (tag: string): number => results.filter(({ status }) => TAGS[status] === tag).length;
  return `tests="${results.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
}

/** JUnit counts in seconds with a point, whatever the locale. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
