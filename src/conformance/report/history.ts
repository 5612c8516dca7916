import { compact } from '../../compact';
import { compareText } from '../../compare-text';
import { STATUSES, worstOf, type Status } from '../model/outcome';
import { instanceName, instancesOf, isConformant, type Report } from '../model/result';

/** What later reports keep of a run. It is small, because every report reads thirty of them. */
export interface HistoryEntry {
  readonly schemaVersion: 1;
  /** ISO 8601, UTC; identifies the run. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly conformant: boolean;
  readonly subjects: readonly HistorySubject[];
}

/** A project, or the front door, in one run. */
export interface HistorySubject {
  readonly instance: string;
  readonly project?: string;
  /** The worst status of all its checks. */
  readonly status: Status;
  /** Sum of its checks, which is more than the time of the run if projects ran in parallel. */
  readonly durationMs: number;
  /** Ids of the checks that failed or had an error. */
  readonly bad: readonly string[];
}

/** Number of runs: a month, if one runs every night. */
export const HISTORY_LIMIT = 30;

/** The front door comes first, then the projects in the order of the report. What has no result is left out. */
export function toHistoryEntry(report: Report): HistoryEntry {
  const { startedAt, durationMs } = report;
  return { schemaVersion: 1, startedAt, durationMs, conformant: isConformant(report), subjects: subjectsOf(report) };
}

function subjectsOf(report: Report): HistorySubject[] {
  return instancesOf(report).flatMap((one) =>
    [undefined, ...one.projects.map(({ name }) => name)].flatMap((project) => {
      const results = one.results.filter((result) => result.project === project);
      if (results.length === 0) return [];
      return compact({
        instance: instanceName(one),
        project,
        status: worstOf(results.map(({ status }) => status)),
        durationMs: results.reduce((sum, result) => sum + result.durationMs, 0),
        bad: results.filter(({ status }) => isBad(status)).map(({ id }) => id),
      });
    }),
  );
}

/** Undefined if it is not a valid entry: a damaged file must not prevent the report. */
export function parseHistoryEntry(text: string): HistoryEntry | undefined {
  try {
    const entry: unknown = JSON.parse(text);
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is HistoryEntry {
  const { schemaVersion, startedAt, durationMs, subjects } = (value ?? {}) as Partial<Record<string, unknown>>;
  const isDated = typeof startedAt === 'string' && !Number.isNaN(Date.parse(startedAt));
  return schemaVersion === 1 && isDated && isCount(durationMs) && Array.isArray(subjects) && subjects.every(isSubject);
}

function isSubject(value: unknown): value is HistorySubject {
  const { instance, project, status, durationMs, bad } = (value ?? {}) as Partial<Record<string, unknown>>;
  const isNamed = typeof instance === 'string' && (project === undefined || typeof project === 'string');
  const isKnown = STATUSES.some((one) => one === status);
  return isNamed && isKnown && isCount(durationMs) && Array.isArray(bad) && bad.every((id) => typeof id === 'string');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value);
}

/** The last runs including this one, oldest first. A repeated run replaces its earlier entry. */
export function withRun(history: readonly HistoryEntry[], report: Report): readonly HistoryEntry[] {
  const now = toHistoryEntry(report);
  return [...history.filter(({ startedAt }) => startedAt < now.startedAt), now]
    .sort((a, b) => compareText(a.startedAt, b.startedAt))
    .slice(-HISTORY_LIMIT);
}

/** The status of one project in every run; undefined where it was missing. */
export function trackOf(
  history: readonly HistoryEntry[],
  instance: string,
  project: string | undefined,
): readonly (HistorySubject | undefined)[] {
  return history.map(({ subjects }) => subjects.find((one) => one.instance === instance && one.project === project));
}

/** For how many consecutive runs, up to the last one, a check has been bad, and since when. */
export interface Streak {
  readonly runs: number;
  readonly since: string;
}

/** Undefined if the check is not bad in the last run. A run in which the project is missing ends the streak. */
export function streakOf(
  history: readonly HistoryEntry[],
  { instance, project, id }: { readonly instance: string; readonly project: string | undefined; readonly id: string },
): Streak | undefined {
  const track = trackOf(history, instance, project);
  let first = track.length;
  while (first > 0 && track[first - 1]?.bad.includes(id)) first -= 1;
  const runs = track.length - first;
  return runs === 0 ? undefined : { runs, since: history[first]!.startedAt };
}

function isBad(status: Status): boolean {
  return status === 'fail' || status === 'error';
}
