import { compact } from '../../compact';
import {
  instanceName,
  instancesOf,
  isConformant,
  type CheckResult,
  type ConformanceReport,
  type Report,
} from '../model/result';
import { inFew, inShort, type RenderOptions } from './details';
import { stoppedResult } from './junit';
import { causeLines, describeRequest } from './words';

/** The statuses of CTRF; `pending` is left out, because no check is ever pending in a report. */
type CtrfStatus = 'passed' | 'failed' | 'skipped' | 'other';

/** The required fields of a test; durations in milliseconds. */
interface CtrfTest {
  readonly name: string;
  readonly status: CtrfStatus;
  readonly duration: number;
  readonly [more: string]: unknown;
}

/**
 * CTRF has no status for errors: a result that could not be determined is failed, with our own status in `rawStatus`.
 */
const STATUSES: Readonly<Record<CheckResult['status'], CtrfStatus>> = {
  pass: 'passed',
  fail: 'failed',
  error: 'failed',
  skip: 'skipped',
  'known-deviation': 'other',
};

/**
 * Common Test Report Format 0.0, for its GitHub action and its viewers. One flat list of tests: Harbor and project are
 * their `suite`. A large report is shortened as in JUnit, unless every detail was asked for.
 */
export function toCtrf(report: Report, { details = 'failed' }: RenderOptions = {}): string {
  const told = instancesOf(inShort(report, details)).map((one) => (details === 'all' ? one : inFew(one)));
  const tests = told.flatMap(testsOf);
  const document = {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    timestamp: report.startedAt,
    generatedBy: `${report.tool.name} ${report.tool.version}`,
    results: {
      tool: report.tool,
      summary: summary(report, tests),
      tests,
      environment: {
        reportName: 'Conformance',
        appName: 'Harbor',
        ...appVersion(report),
        testEnvironment: instancesOf(report).map(instanceName).join(', '),
        healthy: isConformant(report),
      },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** A run that was stopped gets one more test, which failed: otherwise a viewer would show a short green run. */
function testsOf(report: ConformanceReport): CtrfTest[] {
  const results = report.complete ? report.results : [...report.results, stoppedResult(report)];
  const files = new Map(report.projects.map(({ name, position }) => [name, position?.file]));
  return results.map((result) => toTest(report, result, files.get(result.project ?? '')));
}

/**
 * `start` and `stop` are milliseconds since 1970, `duration` is in milliseconds. `testId` is the same in every run, so
 * that viewers can follow a test over time.
 */
function toTest(report: ConformanceReport, result: CheckResult, file: string | undefined): CtrfTest {
  const { id, title, project, status, durationMs, startedAfterMs, message, requests } = result;
  const start = Date.parse(report.startedAt) + startedAfterMs;
  return compact({
    testId: [instanceName(report), project ?? 'front door', id].join(' / '),
    name: `${id} ${title}`,
    status: STATUSES[status],
    rawStatus: status,
    duration: durationMs,
    start,
    stop: start + durationMs,
    suite: [instanceName(report), project ?? 'front door'],
    message: [...causeLines(result), message].join('\n'),
    trace: requests.length > 0 && status !== 'pass' ? requests.map(describeRequest).join('\n') : undefined,
    filePath: file,
    extra: result.link === undefined ? undefined : { link: result.link },
  });
}

/** Over all Harbors: errors are counted as failed, known deviations as other; nothing is ever pending. */
function summary(report: Report, tests: readonly CtrfTest[]): object {
  const count = (status: CtrfStatus): number => tests.filter((test) => test.status === status).length;
  const start = Date.parse(report.startedAt);
  return {
    tests: tests.length,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    pending: 0,
    other: count('other'),
    start,
    stop: start + report.durationMs,
  };
}

/** All versions of a fleet; absent if no Harbor told its version. */
function appVersion(report: Report): { readonly appVersion?: string } {
  const versions = new Set(instancesOf(report).flatMap(({ harbor }) => harbor.version ?? []));
  return versions.size === 0 ? {} : { appVersion: [...versions].join(', ') };
}
