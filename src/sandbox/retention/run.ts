import { randomBytes } from 'node:crypto';
import type { Context } from '../context';
import type { RepositoryRow, RetentionExecutionRow, RetentionRow } from '../store/rows';
import { PatternError } from '../selection/glob';
import { select, SelectorError } from '../selection/selector';
import type { Store } from '../store/store';
import { cleanRepository } from './clean';
import type { RetentionPolicy, RetentionRule } from './policy';

/** Delay of the job queue, duration of the work, and delay of Harbor noticing the end of the last task. */
const QUEUED_MS = 1_000;
const TASK_MS = 1_000;
const NOTICED_MS = 16_000;

/** The manual trigger has the name that all jobs use, the scheduled one has its own (src/pkg/retention/models.go). */
export type RetentionTrigger = 'MANUAL' | 'Schedule';

/**
 * Starts a run; the deletions happen some seconds later.
 *
 *     POST executions ──► execution Running
 *                          task for each repository: Pending ──1 s──► Running ──1 s──► Success | Error
 *                          all ended ──16 s──► execution Success, or Error, or Stopped
 *
 * A pattern that cannot be read ends the execution with `Error` before any task exists.
 */
export function startRetention(
  context: Context,
  row: RetentionRow,
  { trigger, dryRun }: { readonly trigger: RetentionTrigger; readonly dryRun: boolean },
): RetentionExecutionRow {
  const { store, clock } = context;
  const execution = store.retentionExecutions.insert({
    policyId: row.id,
    startTime: clock.now(),
    endTime: 0,
    status: 'Running',
    trigger,
    dryRun,
  });
  const policy = row.policy as RetentionPolicy;
  const jobs = jobsOf(store, policy);
  if (jobs === undefined || jobs.size === 0) {
    endExecution(context, execution.id, jobs ? 'Success' : 'Error');
    return execution;
  }
  const tasks = [...jobs].map(([repository, rules]): Job => {
    const job = { repository, rules, algorithm: policy.algorithm ?? '' };
    return { ...job, taskId: queueTask(context, execution.id, repository) };
  });
  clock.background(async () => {
    // A clock beside theirs could run out first on a busy machine.
    await Promise.all(tasks.map((job) => carryOut(context, execution, job)));
    await finish(context, execution.id);
  });
  return execution;
}

/** Stops a running execution; one that has ended does not change. */
export function stopRetention(context: Context, { id }: RetentionExecutionRow): void {
  for (const task of context.store.retentionTasks.findAll('execution', id))
    if (isOpen(task.status)) endTask(context, task.id, { status: 'Stopped' });
}

/** The rules for each repository that one of them selects; undefined when a pattern for repositories is invalid. */
function jobsOf(
  store: Store,
  policy: RetentionPolicy,
): ReadonlyMap<RepositoryRow, readonly RetentionRule[]> | undefined {
  const repositories = store.repositories.findAll('project', policy.scope?.ref ?? 0);
  const jobs = new Map<RepositoryRow, readonly RetentionRule[]>();
  try {
    for (const rule of policy.rules ?? []) {
      if (rule.disabled) continue;
      for (const repository of matching(repositories, rule))
        jobs.set(repository, [...(jobs.get(repository) ?? []), rule]);
    }
    return jobs;
  } catch (error) {
    if (error instanceof PatternError || error instanceof SelectorError) return undefined;
    throw error;
  }
}

/** All selectors of the scope must take a repository. */
function matching(repositories: readonly RepositoryRow[], rule: RetentionRule): readonly RepositoryRow[] {
  const candidates = repositories.map((row) => {
    const slash = row.name.indexOf('/');
    return { row, namespace: row.name.slice(0, slash), repository: row.name.slice(slash + 1), tags: [] };
  });
  const selectors = rule.scope_selectors?.['repository'] ?? [];
  return selectors.reduce((left, selector) => select(selector, left), candidates).map(({ row }) => row);
}

/** One task: one repository, with the rules that take it. */
interface Job {
  readonly taskId: number;
  readonly repository: RepositoryRow;
  readonly rules: readonly RetentionRule[];
  readonly algorithm: string;
}

/** One for each repository, so an execution without a matching one has no task. */
function queueTask({ store, clock }: Context, executionId: number, { name }: RepositoryRow): number {
  return store.retentionTasks.insert({
    executionId,
    repository: name.slice(name.indexOf('/') + 1),
    jobId: randomBytes(12).toString('hex'),
    status: 'Pending',
    startTime: clock.now(),
    endTime: 0,
    total: 0,
    retained: 0,
    log: '',
  }).id;
}

/** It looks twice whether it was stopped: before it begins, and before it deletes. */
async function carryOut(context: Context, { dryRun }: RetentionExecutionRow, job: Job): Promise<void> {
  const { store, clock } = context;
  const { taskId } = job;
  await clock.sleep(QUEUED_MS);
  if (!isOpen(store.retentionTasks.get(taskId)?.status)) return;
  store.retentionTasks.update(taskId, { status: 'Running' });
  await clock.sleep(TASK_MS);
  if (!isOpen(store.retentionTasks.get(taskId)?.status)) return;
  endTask(context, taskId, cleanRepository(context, job.repository, { ...job, dryRun }));
}

/** An execution ends a moment after its last task: Harbor notices it with a delay. */
async function finish(context: Context, executionId: number): Promise<void> {
  await context.clock.sleep(NOTICED_MS);
  const ends = context.store.retentionTasks.findAll('execution', executionId).map(({ status }) => status);
  endExecution(context, executionId, ['Error', 'Stopped'].find((status) => ends.includes(status)) ?? 'Success');
}

function endExecution({ store, clock }: Context, id: number, status: string): void {
  if (store.retentionExecutions.get(id)) store.retentionExecutions.update(id, { status, endTime: clock.now() });
}

function endTask({ store, clock }: Context, id: number, end: object): void {
  store.retentionTasks.update(id, { ...end, endTime: clock.now() });
}

function isOpen(status: string | undefined): boolean {
  return status === 'Pending' || status === 'Running';
}

/** With its runs, as a foreign key in Harbor's database would do. */
export function removeRetention(store: Store, { id }: RetentionRow): void {
  for (const execution of store.retentionExecutions.findAll('policy', id)) {
    for (const task of store.retentionTasks.findAll('execution', execution.id)) store.retentionTasks.remove(task.id);
    store.retentionExecutions.remove(execution.id);
  }
  store.retentions.remove(id);
}
