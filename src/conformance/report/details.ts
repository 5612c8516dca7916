import { counted } from '../answer-words';
import { instancesOf, type CheckResult, type ConformanceReport, type Report } from '../model/result';
import { NOT_RUN } from '../model/outcome';
import { grouped } from './grouped';

/** How much of a run a report tells: of what passed only that it passed, or every request. */
export type Details = 'failed' | 'all';

/** What a report is asked to show. */
export interface RenderOptions {
  /** Default `failed`. */
  readonly details?: Details;
  /** In text: every project and every check. */
  readonly matrix?: boolean;
}

/** More results than this are told in short: a page of a thousand projects must open, and a file must be read. */
const MANY_RESULTS = 5_000;
/** Of so many that did not pass every request is kept. */
const MOST_DETAILED = 500;

export function isLarge({ results }: Pick<ConformanceReport, 'results'>): boolean {
  return results.length > MANY_RESULTS;
}

export function isBad({ status }: Pick<CheckResult, 'status'>): boolean {
  return status === 'fail' || status === 'error';
}

/** Passed, or nothing to look at: in a large report a number says as much. What could not be begun is repeated. */
export function isQuiet({ status, message }: Pick<CheckResult, 'status' | 'message'>): boolean {
  return status === 'pass' || (status === 'skip' && !message.startsWith(NOT_RUN));
}

/** The same report without the requests of what passed, and of a large one with those of the first failures alone. */
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

/** Of a large report one result in place of all that passed in a project, and one for all that was skipped there. */
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
