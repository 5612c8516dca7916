import { counted } from '../answer-words';
import { instancesOf, type CheckResult, type ConformanceReport, type Report } from '../model/result';
import { NOT_RUN } from '../model/outcome';
import { grouped } from '../../grouped';

/** How much of a run a report contains: for passed checks only that they passed, or every request. */
export type Details = 'failed' | 'all';

/** The parts that a report should show. */
export interface RenderOptions {
  /** Default `failed`. */
  readonly details?: Details;
  /** In text: every project and every check. */
  readonly matrix?: boolean;
}

/**
 * Reports with more results than this are shortened: a page of a thousand projects must open, and a file must be
 * readable.
 */
const MANY_RESULTS = 5_000;
/** Of this many results that did not pass every request is kept. */
const MOST_DETAILED = 500;

export function isLarge({ results }: Pick<ConformanceReport, 'results'>): boolean {
  return results.length > MANY_RESULTS;
}

export function isBad({ status }: Pick<CheckResult, 'status'>): boolean {
  return status === 'fail' || status === 'error';
}

/** Passed or skipped: in a large report a number is enough. Checks that were not started are repeated. */
export function isQuiet({ status, message }: Pick<CheckResult, 'status' | 'message'>): boolean {
  return status === 'pass' || (status === 'skip' && !message.startsWith(NOT_RUN));
}

/** The same report without the requests of passed checks; a large one keeps those of the first failures only. */
export function inShort<R extends Report>(report: R, details: Details = 'failed'): R {
  if (details === 'all') return report;
  const short = instancesOf(report).map(shortened);
  return ('instances' in report ? { ...report, instances: short } : short[0]) as R;
}

function shortened(report: ConformanceReport): ConformanceReport {
  const { results } = report;
  let left = MOST_DETAILED;
  const keeps = (result: CheckResult): boolean => {
    if (!isLarge(report)) return !isQuiet(result);
    return isBad(result) && left-- > 0;
  };
  return { ...report, results: results.map((result) => (keeps(result) ? result : withoutDetails(result))) };
}

function withoutDetails(result: CheckResult): CheckResult {
  const { cause } = result;
  const known = cause && { cause: { ...cause, evidence: [] } };
  return isQuiet(result) ? { ...result, requests: [] } : { ...result, ...known, evidence: [], requests: [] };
}

/** In a large report, one result replaces all passed ones of a project, and one all skipped ones. */
export function inFew(report: ConformanceReport): ConformanceReport {
  if (!isLarge(report)) return report;
  const results = [...grouped(report.results, ({ project }) => project).values()].flatMap((own) => [
    ...own.filter((one) => !isQuiet(one)),
    ...together(own, 'pass', 'passed'),
    ...together(own, 'skip', 'not run'),
  ]);
  return { ...report, results };
}

function together(own: readonly CheckResult[], status: 'pass' | 'skip', words: string): CheckResult[] {
  const alike = own.filter((one) => one.status === status && isQuiet(one));
  const [first] = alike;
  if (!first) return [];
  const { project, startedAfterMs } = first;
  const durationMs = alike.reduce((sum, one) => sum + one.durationMs, 0);
  const title = `${counted(alike.length, 'check')} ${words}`;
  const told = { id: status, title, status, message: title, evidence: [], requests: [], startedAfterMs, durationMs };
  return [project === undefined ? told : { ...told, project }];
}
