import type { CheckResult, ConformanceReport } from '../result';
import { escapeMarkup } from './markup';
import { describeRequest } from './words';

/**
 * JUnit as GitLab, Jenkins and Azure read it: a suite per project, a unique classname and name, and the reason
 * both as attribute and as text, because GitLab shows only the text. A known deviation is neither a pass nor a
 * failure: it is skipped, with its link.
 */
export function toJunit(report: ConformanceReport): string {
  const suites = [undefined, ...report.projects.map(({ name }) => name)]
    .map((project) => ({ project, results: report.results.filter((result) => result.project === project) }))
    .filter(({ results }) => results.length > 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="breakwater conformance" ${counts(report.results)} time="${seconds(report.durationMs)}">`,
    ...suites.map(({ project, results }) => suite(report, project, results)),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(report: ConformanceReport, project: string | undefined, results: readonly CheckResult[]): string {
  const name = project ?? frontDoor(report);
  const timeMs = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const attributes = `name="${escapeMarkup(name)}" ${counts(results)} time="${seconds(timeMs)}"`;
  return [
    `  <testsuite ${attributes} timestamp="${escapeMarkup(report.startedAt)}">`,
    ...results.map((result) => testcase(report, name, result)),
    '  </testsuite>',
  ].join('\n');
}

function testcase(report: ConformanceReport, suiteName: string, result: CheckResult): string {
  const file = report.projects.find(({ name }) => name === result.project)?.position?.file;
  const attributes = [
    `classname="${escapeMarkup(`breakwater.${suiteName}`)}"`,
    `name="${escapeMarkup(`${result.id} ${result.title}`)}"`,
    ...(file === undefined ? [] : [`file="${escapeMarkup(file)}"`]),
    `time="${seconds(result.durationMs)}"`,
  ].join(' ');
  const verdict = element(result);
  return verdict === undefined
    ? `    <testcase ${attributes}/>`
    : `    <testcase ${attributes}>\n      ${verdict}\n    </testcase>`;
}

function element(result: CheckResult): string | undefined {
  const tag = TAGS[result.status];
  if (tag === undefined) return undefined;
  const message = result.link === undefined ? result.message : `${result.message} ${result.link}`;
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

function frontDoor({ harbor }: ConformanceReport): string {
  return `front door of ${new URL(harbor.url).host}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
