import { compact } from '../../compact';
import { RegistryClient, type RequestRecord, type RetryPolicy } from '../../oci';
import type { SecretMask } from '../../outside/secret-mask';
import { mapBounded } from '../../map-bounded';
import type { Check, HostCheck, ProjectCheck, ProjectContext } from '../model/check';
import type { CheckContext } from '../model/context';
import { runWithout } from '../budget/deduplicated';
import { isChosen, type ChosenCheck } from './failed-checks';
import { explainResults } from '../cause/explain-results';
import { costOf } from './cost';
import { isUnreachable, knock } from '../cause/front-door';
import { readHarborVersion } from '../harbor-api';
import { ImageCache } from '../pull/image-cache';
import { pullerOf } from '../pull/puller';
import { toSerialGroups } from './serial-groups';
import { error, NOT_RUN, skip, type Measure, type Outcome } from '../model/outcome';
import { RateBudget, type RateReading } from '../budget/rate-budget';
import { SILENT_REPORTER, type ConformanceReporter } from '../model/events';
import type { CheckResult, ConformanceReport } from '../model/result';
import { notRun, runCheck, stoppedOutcome, stopReason, toCheckRun, type CheckRun } from './run-check';
import { SecretGuard, watchSecrets } from './secret-guard';
import { inRunOrder, selectChecks } from '../selection';
import { UnansweredChecks } from './unanswered-checks';
import { timeBound } from '../pull/time-bound';
import { toReport } from './to-report';
import type { ConformanceTarget, ProjectTarget } from '../model/target';

export interface ConformanceOptions {
  readonly tool: { readonly name: string; readonly version: string };
  /** Ids such as `B1` or `S4`; default: all. */
  readonly checks?: readonly string[];
  /** Of those, only these of these projects: those that failed the last time. */
  readonly again?: readonly ChosenCheck[];
  /** Projects checked at the same time. Default 4: more would log in to Docker Hub too often. */
  readonly concurrency?: number;
  /** Milliseconds for the whole run. Default 30 minutes. */
  readonly deadlineMs?: number;
  /** Factor for Harbor's waits; 1, the default, is a real Harbor. */
  readonly timeScale?: number;
  /** Also run checks that wait for minutes, such as for Harbor noticing an outage (S4b). */
  readonly deep?: boolean;
  readonly retry?: RetryPolicy;
  /** Milliseconds until Harbor starts to respond. Default 60,000: a cold pull waits for the upstream first. */
  readonly headersTimeoutMs?: number;
  /** Stops the run; the report then contains the results until then. */
  readonly signal?: AbortSignal;
  readonly reporter?: ConformanceReporter;
  /** Knows further secrets that no report or event may show. */
  readonly secrets?: SecretMask;
}

const DEFAULT_CONCURRENCY = 4;
const DEFAULT_DEADLINE_MS = 30 * 60_000;
/** Also after the deadline: every probe has ten seconds, and they run in parallel. */
const CAUSES_WITHIN_MS = 60_000;

/** State of a run. */
interface Run {
  readonly target: ConformanceTarget;
  readonly options: ConformanceOptions;
  readonly checks: readonly Check[];
  /** Results to come. */
  readonly total: number;
  readonly client: RegistryClient;
  readonly signal: AbortSignal;
  readonly release: () => void;
  readonly reporter: ConformanceReporter;
  readonly budget: RateBudget;
  readonly startedAt: number;
  readonly results: CheckResult[];
  /** Requests to learn the version and to find causes. */
  readonly probes: RequestRecord[];
  /** Error of the host check that could not reach Harbor: no other check can. */
  unreachable?: CheckResult;
  harborVersion?: string;
}

/**
 * Runs the checks and scenarios against a Harbor. Never throws because of the registry: its problems are in the report,
 * also if the run is stopped early. Order: version, host checks, projects (some groups at once), causes. In a project:
 * front, cold, serving, situation. Outages come at the end of a group, whose projects share one controllable upstream.
 */
export async function runConformance(
  target: ConformanceTarget,
  options: ConformanceOptions,
): Promise<ConformanceReport> {
  const startedAt = new Date();
  const guard = new SecretGuard(options.secrets);
  const reporter = options.reporter ? guard.reporter(options.reporter) : SILENT_REPORTER;
  const run = open(watchSecrets(target, guard), { ...options, reporter });
  run.reporter.on({
    type: 'run-started',
    host: run.client.url.host,
    projects: target.projects.length,
    total: run.total,
  });
  try {
    await learnVersion(run);
    await runHostChecks(run);
    const groups = toSerialGroups(run.target.projects);
    await mapBounded(groups, options.concurrency ?? DEFAULT_CONCURRENCY, (group) => runSerially(run, group));
    await findCauses(run);
  } finally {
    run.release();
    await run.client.close();
  }
  const report = guard.clean(reportOf(run, startedAt, await run.budget.readingsSoFar()));
  options.reporter?.on({ type: 'run-finished', report });
  return report;
}

function open(target: ConformanceTarget, options: ConformanceOptions & Pick<Run, 'reporter'>): Run {
  const checks = selectChecks(options.checks);
  const { signal, release } = timeBound(options.deadlineMs ?? DEFAULT_DEADLINE_MS, options.signal);
  return {
    target,
    options,
    checks,
    total: total(checks, target, options),
    client: RegistryClient.open(
      compact({
        url: target.harborUrl,
        ca: target.ca,
        retry: options.retry,
        headersTimeoutMs: options.headersTimeoutMs,
      }),
    ),
    signal,
    release,
    reporter: options.reporter,
    budget: new RateBudget(),
    startedAt: performance.now(),
    results: [],
    probes: [],
  };
}

/** An unknown version is not a finding: the checks that depend on it report it. */
async function learnVersion(run: Run): Promise<void> {
  const known = run.target.harborVersion;
  const version =
    known ?? (run.target.apiCredential && (await readHarborVersion(contextOf(run)).catch(() => undefined)));
  if (version !== undefined) run.harborVersion = version;
}

async function runHostChecks(run: Run): Promise<void> {
  for (const check of run.checks.filter((one): one is HostCheck => one.scope === 'host')) {
    if (!isChosen(run.options.again, check.id)) continue;
    const self = toCheckRun(run, check);
    await finish(run, self, () =>
      runCheck(self, (record) => check.run({ ...contextOf(run, self), wire: { record, signal: run.signal } })),
    );
  }
}

/** A project with what its checks share. */
interface Session {
  readonly project: ProjectTarget;
  readonly puller: RegistryClient;
  readonly images: ImageCache;
  readonly unanswered: UnansweredChecks;
}

/** Outages come last in the group: Harbor may notice one, and then cold pulls fail for a while. */
async function runSerially(run: Run, group: readonly ProjectTarget[]): Promise<void> {
  const sessions = group.map((project): Session => {
    return {
      project,
      puller: pullerOf(run.client, project),
      images: new ImageCache(),
      unanswered: new UnansweredChecks(run.client.url.host),
    };
  });
  const checks = inRunOrder(run.checks.filter((one): one is ProjectCheck => one.scope === 'project'));
  const others = checks.filter(({ phase }) => phase !== 'outage');
  const outages = checks.filter(({ phase }) => phase === 'outage');
  const isDone = ({ project: { name } }: Session): boolean =>
    !outages.some(({ id }) => isChosen(run.options.again, id, name));
  const tell = ({ project: { name } }: Session): void => run.reporter.on({ type: 'project-finished', project: name });
  for (const session of sessions) {
    await runChecks(run, session, others);
    if (isDone(session)) tell(session);
  }
  for (const session of sessions.filter((one) => !isDone(one))) {
    await runChecks(run, session, outages);
    tell(session);
  }
}

async function runChecks(run: Run, session: Session, checks: readonly ProjectCheck[]): Promise<void> {
  for (const check of checks) {
    if (!isChosen(run.options.again, check.id, session.project.name)) continue;
    const self = toCheckRun(run, check, session.project.name);
    const context = { ...contextOf(run, self), ...session };
    await finish(run, self, () => runWithLeave(run, self, check, context), session.unanswered);
  }
}

/** Pulls from an upstream with a limit need the budget's permission. */
async function runWithLeave(
  { budget, signal }: Run,
  self: CheckRun,
  check: ProjectCheck,
  context: ProjectContext,
): Promise<CheckResult> {
  const measures: Measure[] = [];
  const result = await runCheck(self, async (record) => {
    const own = { ...context, wire: { record, signal } };
    const { refusal, measure, duplicates } = await budget.leave(check, own);
    if (measure) measures.push(measure);
    return refusal === undefined ? runWithout(duplicates, check, own) : skip(refusal);
  });
  return measures.length === 0 ? result : { ...result, measures: [...(result.measures ?? []), ...measures] };
}

/**
 * Only at the end: a probe must not run between two checks that belong together. Also after the deadline, because
 * dropped packets are what exceeds it; a user who sent a signal does not wait for probes.
 */
async function findCauses(run: Run): Promise<void> {
  const { client, results, options } = run;
  if (options.signal?.aborted) return;
  const { signal, release } = timeBound(CAUSES_WITHIN_MS, options.signal);
  try {
    const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    const explained = await explainResults(contextOf({ ...run, signal }), { client, concurrency }, results);
    results.splice(0, results.length, ...explained);
  } finally {
    release();
  }
}

/** Reports start and end of a check, and skips those that cannot be determined any more. */
async function finish(
  run: Run,
  self: CheckRun,
  work: () => Promise<CheckResult>,
  unanswered?: UnansweredChecks,
): Promise<void> {
  const { check, project } = self;
  const named = project === undefined ? {} : { project };
  run.reporter.on({ type: 'check-started', ...named, id: check.id, title: check.title });
  const inVain = reasonNotToRun(run, unanswered);
  const result = inVain ? notRun(self, inVain) : await tried(run, work);
  if (isUnreachable(result, run.client.url.host)) run.unreachable ??= result;
  unanswered?.note(result);
  run.results.push(result);
  run.reporter.on({ type: 'check-finished', result, done: run.results.length, total: run.total });
}

/** A host check without a response is repeated if Harbor responds now: one lost connection must not end a run. */
async function tried(run: Run, work: () => Promise<CheckResult>): Promise<CheckResult> {
  const result = await work();
  if (!isUnreachable(result, run.client.url.host) || run.signal.aborted) return result;
  const isBack = (await knock(contextOf(run))) === 'answers';
  return isBack ? work() : result;
}

function reasonNotToRun({ signal, unreachable }: Run, unanswered: UnansweredChecks | undefined): Outcome | undefined {
  if (signal.aborted) return stoppedOutcome(signal);
  if (unreachable) return error(`${NOT_RUN}${unreachable.id} could not reach Harbor`);
  // The two errors make the run red; forty more would hide them.
  return unanswered?.reasonToStop === undefined ? undefined : skip(`${NOT_RUN}${unanswered.reasonToStop}`);
}

function contextOf(run: Run, self?: CheckRun): CheckContext {
  return compact({
    target: run.target,
    harborVersion: run.harborVersion,
    wire: { record: (one) => void run.probes.push(one), signal: run.signal },
    signal: run.signal,
    timing: { timeScale: run.options.timeScale ?? 1, deep: run.options.deep ?? false },
    anonymous: run.client,
    waiting: (message) => {
      if (!self) return;
      const named = self.project === undefined ? {} : { project: self.project };
      run.reporter.on({ type: 'waiting', ...named, id: self.check.id, message });
    },
  });
}

function total(checks: readonly Check[], target: ConformanceTarget, { again }: ConformanceOptions): number {
  const names = target.projects.map(({ name }) => name);
  const places = (check: Check): readonly (string | undefined)[] => (check.scope === 'host' ? [undefined] : names);
  return checks.flatMap((check) => places(check).filter((place) => isChosen(again, check.id, place))).length;
}

function reportOf(run: Run, startedAt: Date, readings: readonly RateReading[]): ConformanceReport {
  const { target, options, client, checks, results, signal, harborVersion } = run;
  return toReport(
    compact({
      ...{ tool: options.tool, target, checks, results, startedAt },
      harbor: compact({ url: client.url.href, version: harborVersion }),
      cost: costOf({ target, checks, results, probes: run.probes, readings }),
      durationMs: Math.round(performance.now() - run.startedAt),
      timeScale: options.timeScale ?? 1,
      stopped: signal.aborted ? stopReason(signal) : undefined,
    }),
  );
}
