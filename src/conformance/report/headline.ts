import { compact } from '../../compact';
import { counted } from '../answer-words';
import { byRank, causesOf } from '../cause/causes-of';
import {
  instanceName,
  instancesOf,
  isConformant,
  type CheckResult,
  type ConformanceReport,
  type Report,
  type RootCause,
} from '../model/result';
import { isBad } from './details';
import { writable } from './markup';
import { shortDigests } from './words';

/** The first lines of every format, and of notices. */
export interface Headline {
  readonly kind: 'pass' | 'fail' | 'error';
  /** The extent, in numbers. */
  readonly verdict: string;
  /** One line that says what is wrong, where, and whose fault it is, if known. */
  readonly words: string;
  /** The one thing to do, if known. */
  readonly whatToDo?: string;
  /** The command for it, if there is one. */
  readonly command?: string;
  /** What the first line has no room for. */
  readonly more: readonly string[];
}

/** A result and its Harbor. */
export interface Located {
  readonly instance: ConformanceReport;
  readonly result: CheckResult;
}

/** A root cause and its Harbor. */
export interface LocatedCause {
  readonly instance: ConformanceReport;
  readonly cause: RootCause;
}

/** Characters of a cause, and names in a list, in one line. */
const MAX_MESSAGE_LENGTH = 180;
const MAX_NAMED = 3;

/**
 * What a person on call reads first.
 *
 *      results ──causesOf──> causes by rank ──┬── some, except known ──> the worst is the line, the others are `more`
 *                                             └── none ──┬── not complete ──> why the run was stopped
 *                                                        ├── nothing passed ──> nothing was verified
 *                                                        └── else ──> OK, with the number of known deviations
 *
 * `kind` is `fail` if a check failed, and `error` if there are only undetermined ones.
 */
export function headline(report: Report): Headline {
  const [worst, ...others] = causesIn(report).filter(({ cause }) => cause.rank !== 'known');
  const stopped = instancesOf(report).flatMap((one) => (one.complete ? [] : [stoppedWords(report, one)]));
  const verdict = verdictOf(report);
  if (worst) {
    const whatToDo = toDo(worst.cause);
    const more = [...others.map((one) => causeLine(report, one)), ...stopped];
    const kind = report.summary.fail > 0 ? 'fail' : 'error';
    const { command } = worst.cause;
    return compact({ kind, verdict, words: causeLine(report, worst), whatToDo, command, more });
  }
  const [first, ...rest] =
    stopped.length > 0 || isConformant(report) ? stopped : ['Nothing was verified: no check passed'];
  if (first !== undefined) return { kind: 'error', verdict, words: first, more: rest };
  return { kind: 'pass', verdict, words: verdict, more: [] };
}

/** For all Harbors, the worst first. */
export function causesIn(report: Report): readonly LocatedCause[] {
  const all = instancesOf(report).flatMap((instance) =>
    causesOf(instance.results).map((cause) => ({ instance, cause, rank: cause.rank })),
  );
  return byRank(all);
}

/** What to do about a cause, with the command if there is one. */
export function toDo({ whatToDo, command }: RootCause): string | undefined {
  if (command === undefined) return whatToDo;
  return whatToDo === undefined ? command : `${whatToDo}: ${command}`;
}

/**
 *      everything passed       OK: 8 of 8 projects on harbor.example.com serve as declared (30 known Harbor deviations)
 *      a check failed          FAILED: 2 of 8 projects on harbor.example.com; 4 checks failed
 *      none failed, one erred  ERROR: 1 of 8 projects on harbor.example.com; 1 could not be determined
 *      neither, and no pass    NOT VERIFIED: harbor.example.com, no check passed
 *      stopped too early       NOT VERIFIED: harbor.example.com, the run did not finish
 */
function verdictOf(report: Report): string {
  const instances = instancesOf(report);
  const projects = instances.flatMap((one) => one.projects.map(({ name }) => ({ one, name })));
  const badIn = new Map(
    instances.map((one) => [one, new Set(one.results.filter(isBad).map(({ project }) => project))]),
  );
  const bad = projects.filter(({ one, name }) => badIn.get(one)?.has(name));
  const of = instances.length > 1 ? `${instances.length} Harbors` : instanceName(instances[0]!);
  const all = counted(projects.length, 'project');
  const isComplete = instances.every(({ complete }) => complete);
  if (isConformant(report))
    return `OK: ${projects.length} of ${all} on ${of} ${serve(projects.length)} as declared${known(report)}`;
  const { fail, error } = report.summary;
  if (fail === 0 && error === 0)
    return `NOT VERIFIED: ${of}, ${isComplete ? 'no check passed' : 'the run did not finish'}`;
  const word = fail > 0 ? 'FAILED' : 'ERROR';
  const where = bad.length > 0 ? `${bad.length} of ${all} on ${of}` : `the front door of ${of}`;
  const counts = [fail > 0 && `${counted(fail, 'check')} failed`, error > 0 && `${error} could not be determined`];
  return `${word}: ${where}; ${counts.filter((part) => part !== false).join(', ')}${isComplete ? '' : '; the run did not finish'}`;
}

function serve(count: number): string {
  return count === 1 ? 'serves' : 'serve';
}

function known({ summary }: Report): string {
  const deviations = summary['known-deviation'];
  return deviations === 0 ? '' : ` (${counted(deviations, 'known Harbor deviation')})`;
}

/** Why a run has fewer results than it should have. Without any result it could not begin. */
function stoppedWords(report: Report, one: ConformanceReport): string {
  const why = one.stopped ?? 'no reason recorded';
  const words = `the run ${one.results.length === 0 ? 'could not begin' : 'was stopped'}: ${why}`;
  return 'instances' in report ? `${instanceName(one)}: ${words}` : capitalised(words);
}

/**
 * `Upstream quay.io limits pulls (429): M1, S1 failed in proxy.quay.io`; without a known cause the place comes first:
 * `M1 failed in proxy.quay.io: expected 200, got 502 (cause not determined)`.
 */
export function causeLine(report: Report, { instance, cause }: LocatedCause): string {
  const ids = [...new Set(cause.checks.map(({ id }) => id))];
  const became = becameOf(instance, cause);
  const where = whereOf(report, instance, cause);
  const words = shortened(cause.words);
  if (cause.rank !== 'undetermined') return `${capitalised(words)}: ${some(ids)} ${became} in ${where}`;
  return `${some(ids)} ${became} in ${where}: ${words} (cause not determined)`;
}

/** A cause of failures, or only of results that could not be determined: the sentence must not claim more. */
function becameOf(instance: ConformanceReport, { checks }: RootCause): string {
  const failed = failedIn(instance);
  return checks.some((check) => failed.has(keyOf(check))) ? 'failed' : 'could not be determined';
}

const FAILED = new WeakMap<ConformanceReport, ReadonlySet<string>>();

/** Looked up for every cause: with thousands of failures a list takes minutes. */
function failedIn(instance: ConformanceReport): ReadonlySet<string> {
  const known = FAILED.get(instance) ?? new Set(instance.results.filter(({ status }) => status === 'fail').map(keyOf));
  FAILED.set(instance, known);
  return known;
}

function keyOf({ id, project = '' }: Pick<CheckResult, 'id' | 'project'>): string {
  return `${id} ${project}`;
}

function whereOf(report: Report, instance: ConformanceReport, { projects, checks }: RootCause): string {
  const isAtDoor = checks.some(({ project }) => project === undefined);
  const places = [...(isAtDoor ? ['front door'] : []), ...projects];
  const inFleet = 'instances' in report ? `${instanceName(instance)} ` : '';
  const named = some(places);
  return `${inFleet}${places.length > MAX_NAMED ? `${places.length} places (${named})` : named}`;
}

/** Failed results first, then errors. */
export function badResults(report: Report): Located[] {
  return (['fail', 'error'] as const).flatMap((status) =>
    instancesOf(report).flatMap((instance) =>
      instance.results.filter((result) => result.status === status).map((result) => ({ instance, result })),
    ),
  );
}

function some(names: readonly string[], limit = MAX_NAMED): string {
  const rest = names.length - limit;
  return names.slice(0, limit).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function shortened(message: string): string {
  const line = shortDigests(message).split('\n', 1)[0]!;
  return line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH - 1)}…` : line;
}

/** Names keep their case. */
export function capitalised(words: string): string {
  return /^[a-z]+(?=[ ,:]|$)/.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words;
}

/** One line for a log or a chat: the verdict, and the worst problem if there is one. */
export function toSummary(report: Report): string {
  const { kind, verdict, words, whatToDo } = headline(report);
  const parts =
    kind === 'pass' ? [verdict] : [verdict, `worst: ${words}`, ...(whatToDo === undefined ? [] : [whatToDo])];
  return `${writable(shortDigests(parts.join('; '))).replace(/\s+/g, ' ')}\n`;
}
