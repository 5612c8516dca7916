import { counted } from '../answer-words';
import { compact } from '../../compact';
import { instancesOf, type Cause, type CheckResult, type ConformanceReport, type Report } from '../model/result';
import { NOT_RUN, type Status } from '../model/outcome';
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
const MOST_DETAILED = 300;
/** Of each cause this many come first: a thousand failures by one must not hide the others. */
const FIRST_OF_A_CAUSE = 3;
/** The beginning of the message is enough where the cause or another result shows the rest. */
const SHORT_MESSAGE = 160;
/** Above this number of failures, those without details are one entry per project in formats for CI. */
const MANY_FAILURES = 2_000;

/** More than 5,000 results. */
export function isLarge({ results }: Pick<ConformanceReport, 'results'>): boolean {
  return results.length > MANY_RESULTS;
}

/** Shown with everything, as far as there is room. */
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
  const detailed = detailedOf(report);
  const keeps = (result: CheckResult): boolean => (isLarge(report) ? detailed.has(result) : !isQuiet(result));
  return { ...report, results: report.results.map((result) => (keeps(result) ? result : withoutDetails(result))) };
}

/** The results of which a report shows everything: all that failed, in a large report the first of every cause. */
export function detailedOf(report: ConformanceReport): ReadonlySet<CheckResult> {
  const bad = report.results.filter(isBad);
  if (!isLarge(report) || bad.length <= MOST_DETAILED) return new Set(bad);
  const ofCauses = [...grouped(bad, keyOf).values()].flatMap((alike) => alike.slice(0, FIRST_OF_A_CAUSE));
  return new Set([...ofCauses, ...bad].slice(0, MOST_DETAILED));
}

function keyOf({ cause, id }: CheckResult): string {
  return cause ? `${cause.kind} ${cause.words}` : id;
}

function withoutDetails(result: CheckResult): CheckResult {
  if (isQuiet(result)) return { ...result, requests: [] };
  const { cause, alsoCauses, problems: _problems, ...rest } = result;
  const message = isBad(result) ? beginningOf(result.message) : result.message;
  return compact<CheckResult>({
    ...{ ...rest, message, evidence: [], requests: [] },
    cause: cause && nameOf(cause),
    alsoCauses: alsoCauses?.map(nameOf),
  });
}

/** What to do about it is told once, with the cause. */
function nameOf({ kind, rank, party, words, subject, plural }: Cause): Cause {
  return compact<Cause>({ kind, rank, party, words, subject, plural, evidence: [] });
}

function beginningOf(message: string): string {
  const [first = ''] = message.split('\n', 1);
  return first.length > SHORT_MESSAGE || first.length < message.length ? `${first.slice(0, SHORT_MESSAGE)}…` : message;
}

/**
 * In a large report, one result replaces all passed ones of a project, and one all skipped ones; with very many failures
 * also those without details.
 */
export function inFew(report: ConformanceReport): ConformanceReport {
  if (!isLarge(report)) return report;
  const bad = report.results.filter(isBad);
  const detailed = bad.length > MANY_FAILURES ? detailedOf(report) : new Set(bad);
  const isAlone = (one: CheckResult): boolean => (isBad(one) ? detailed.has(one) : !isQuiet(one));
  const results = [...grouped(report.results, ({ project }) => project).values()].flatMap((own) => {
    const others = own.filter((one) => !isAlone(one));
    return [
      ...own.filter(isAlone),
      ...together(others, 'fail', 'failed'),
      ...together(others, 'error', 'errored'),
      ...together(others, 'pass', 'passed'),
      ...together(others, 'skip', 'not run'),
    ];
  });
  return { ...report, results };
}

function together(own: readonly CheckResult[], status: Status, words: string): CheckResult[] {
  const alike = own.filter((one) => one.status === status);
  const [first] = alike;
  if (!first) return [];
  const { project, startedAfterMs } = first;
  const durationMs = alike.reduce((sum, one) => sum + one.durationMs, 0);
  const title = `${counted(alike.length, 'check')} ${words}`;
  const message = isBad(first) ? `${alike.map(({ id }) => id).join(', ')}: ${causesOfAll(alike)}` : title;
  const told = { id: status, title, status, message, evidence: [], requests: [], startedAfterMs, durationMs };
  return [project === undefined ? told : { ...told, project }];
}

function causesOfAll(results: readonly CheckResult[]): string {
  return [...new Set(results.map(({ cause, message }) => cause?.words ?? message))].slice(0, 3).join('; ');
}
