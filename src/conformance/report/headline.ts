import { counted } from '../answer-words';
import {
  instanceName,
  instancesOf,
  isConformant,
  type CheckResult,
  type ConformanceReport,
  type Report,
} from '../result';
import { shortDigests } from './words';

export interface Headline {
  readonly kind: 'pass' | 'fail' | 'error';
  /** One line that says what is wrong, where, and where it is known also whose fault it is. */
  readonly words: string;
  /** What the first line has no room for. */
  readonly more: readonly string[];
}

/** A result and the Harbor it is of. */
export interface Located {
  readonly instance: ConformanceReport;
  readonly result: CheckResult;
}

const MAX_MESSAGE_LENGTH = 180;
const MAX_NAMED = 3;

/** What a person who was woken up reads first. */
export function headline(report: Report): Headline {
  const [worst, ...others] = problems(report);
  const stopped = instancesOf(report).flatMap((one) => (one.complete ? [] : [stoppedWords(report, one)]));
  if (worst) {
    const kind = hasFailure(report) ? 'fail' : 'error';
    return { kind, words: worst, more: [...others, ...stopped] };
  }
  const [first, ...rest] =
    stopped.length > 0 || isConformant(report) ? stopped : ['Nothing was proven: no check passed'];
  if (first !== undefined) return { kind: 'error', words: first, more: rest };
  return { kind: 'pass', words: allIsWell(report), more: [] };
}

function stoppedWords(report: Report, one: ConformanceReport): string {
  const why = one.stopped ?? 'nobody said why';
  const words = `the run ${one.results.length === 0 ? 'could not begin' : 'was stopped'}: ${why}`;
  return 'instances' in report ? `${instanceName(one)}: ${words}` : capitalised(words);
}

/** Causes first, for they explain many results at once; then what nobody has explained. */
function problems(report: Report): string[] {
  const bad = badResults(report);
  const causes = new Map<string, Located[]>();
  for (const one of bad)
    if (one.result.cause) causes.set(one.result.cause.words, [...(causes.get(one.result.cause.words) ?? []), one]);
  const explained = [...causes.entries()]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([words, located]) => `${capitalised(words)}: ${checksOf(located)} in ${whereOf(report, located)}`);
  const failed = bad.filter(({ result }) => !result.cause && result.status === 'fail');
  const erred = bad.filter(({ result }) => !result.cause && result.status === 'error');
  return [
    ...explained,
    ...unexplained(report, failed, 'failed'),
    ...unexplained(report, erred, 'could not be found out'),
  ];
}

function checksOf(located: readonly Located[]): string {
  const ids = [...new Set(located.map(({ result }) => result.id))];
  const became = located.some(({ result }) => result.status === 'fail') ? 'failed' : 'could not be found out';
  return `${some(ids, MAX_NAMED)} ${became}`;
}

function unexplained(report: Report, located: readonly Located[], became: string): string[] {
  const [first] = located;
  if (!first) return [];
  const { id, message } = first.result;
  if (located.length === 1) return [`${placeOf(report, first)}: ${id} ${became}: ${firstLine(message)}`];
  const ids = [...new Set(located.map(({ result }) => result.id))];
  const checks = ids.length === 1 ? ids[0]! : `${located.length} checks (${some(ids, MAX_NAMED)})`;
  return [`${checks} ${became} in ${whereOf(report, located)}: ${firstLine(message)}`];
}

/** Everything that failed, then everything in error. */
export function badResults(report: Report): Located[] {
  return (['fail', 'error'] as const).flatMap((status) =>
    instancesOf(report).flatMap((instance) =>
      instance.results.filter((result) => result.status === status).map((result) => ({ instance, result })),
    ),
  );
}

function whereOf(report: Report, located: readonly Located[]): string {
  const places = [...new Set(located.map((one) => placeOf(report, one)))];
  return places.length > MAX_NAMED ? `${places.length} places (${some(places, MAX_NAMED)})` : places.join(', ');
}

function some(names: readonly string[], limit: number): string {
  const rest = names.length - limit;
  return names.slice(0, limit).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function placeOf(report: Report, { instance, result }: Located): string {
  return `${inFleet(report, instance)}${result.project ?? 'front door'}`;
}

function inFleet(report: Report, instance: ConformanceReport): string {
  return 'instances' in report ? `${instanceName(instance)} ` : '';
}

function hasFailure({ summary }: Report): boolean {
  return summary.fail > 0;
}

function allIsWell(report: Report): string {
  const instances = instancesOf(report);
  const projects = instances.reduce((sum, one) => sum + one.projects.length, 0);
  const of = instances.length > 1 ? `${instances.length} Harbors` : instanceName(instances[0]!);
  const deviations = report.summary['known-deviation'];
  const known = deviations === 0 ? '' : `, but for ${counted(deviations, 'known deviation')} of Harbor`;
  return `All is well: ${counted(projects, 'project')} of ${of} ${projects === 1 ? 'serves' : 'serve'} as declared${known}`;
}

function firstLine(message: string): string {
  const line = shortDigests(message).split('\n', 1)[0]!;
  return line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH - 1)}…` : line;
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
