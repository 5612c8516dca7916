import { randomBytes } from 'node:crypto';
import type { Context } from '../context';
import { createProject } from '../projects/lifecycle';
import { HarborError } from '../errors';
import type {
  RegistryRow,
  ReplicationExecutionRow,
  ReplicationPolicyRow,
  ReplicationRunTrigger,
  ReplicationTaskRow,
} from '../store/rows';
import { deleteThere } from './deletion';
import { destinationName, ReplicationError } from './names';
import { type Resource, resourcesOf } from './resources';
import { localSide, remoteSide, type Side } from './sides';
import { copyRepository } from './transfer';

/** Delay of the job queue, and of Harbor noticing the end of the last task. */
const QUEUED_MS = 4_000;
const NOTICED_MS = 15_000;

const NOTHING_TO_COPY = 'no resources need to be replicated';
const ADMIN_ID = 1;

const SKIPPED = 'Execution skipped: active replication still in progress.';

/** One resource of an event, and what to do with it at the destination. */
export interface Happened {
  readonly resource: Resource;
  readonly operation: ReplicationTaskRow['operation'];
}

/**
 * Starts a policy: a task for each repository, in the background. For an event, only its resource is copied.
 * @throws HarborError 412 for a disabled policy
 *
 *     execution   InProgress ──► Succeed | Failed | Stopped            (ends 15 s after its last task)
 *     tasks       Pending ──4 s──► InProgress ──► Succeed | Failed     one for each repository
 *                     └────────────────┴── PUT (stop) ──► Stopped
 *     no resources ──► Succeed, "no resources need to be replicated"
 *     single_active_replication, and one is running ──► Failed at once
 */
export function startReplication(
  context: Context,
  policy: ReplicationPolicyRow,
  trigger: ReplicationRunTrigger,
  happened?: Happened,
): ReplicationExecutionRow {
  const { store, clock } = context;
  if (!policy.enabled) throw new HarborError('PRECONDITION', `the policy ${policy.id} is disabled`);
  const earlier = store.replicationExecutions.findAll('policy', policy.id);
  const execution = store.replicationExecutions.insert({
    policyId: policy.id,
    status: 'InProgress',
    statusText: '',
    trigger,
    startTime: clock.now(),
    endTime: 0,
  });
  if (policy.singleActive && earlier.some(({ status }) => status === 'InProgress'))
    finish(context, execution.id, { status: 'Failed', statusText: SKIPPED });
  else clock.background(() => run(context, policy, execution.id, happened));
  return execution;
}

/** A failure before the first task is a failed execution with a text, and without tasks. */
async function run(context: Context, policy: ReplicationPolicyRow, id: number, happened?: Happened): Promise<void> {
  try {
    await carryOut(context, policy, id, happened);
  } catch (error) {
    if (!(error instanceof ReplicationError)) throw error;
    finish(context, id, { status: 'Failed', statusText: error.message });
  }
}

/**
 * The life of one execution:
 *
 *     resources of the source ──► none fits the quota of the target ──► Succeed, with a text
 *            │
 *            ▼
 *     a task for each repository: Pending ──► InProgress ──► Succeed | Failed | Stopped
 *            │ all ended
 *            ▼
 *     the execution: Failed if one failed, else Stopped if one was stopped, else Succeed
 */
async function carryOut(
  context: Context,
  policy: ReplicationPolicyRow,
  executionId: number,
  happened: Happened | undefined,
): Promise<void> {
  const { store, clock } = context;
  const { signal } = clock;
  const { operation = 'copy' } = happened ?? {};
  const [source, destination] = [policy.srcRegistryId, policy.destRegistryId].map((id) => store.registries.get(id));
  const resources = happened ? [happened.resource] : await resourcesOf(context, policy, source, signal);
  const jobs = resources.map((resource) => ({
    resource,
    to: destinationName(resource.repository, policy.destNamespace, policy.destNamespaceReplaceCount),
  }));
  const pushed = jobs.filter(({ to }) => destination !== undefined || hasRoomFor(context, to));
  if (pushed.length === 0) {
    await clock.sleep(QUEUED_MS);
    return finish(context, executionId, { status: 'Succeed', statusText: NOTHING_TO_COPY });
  }
  const tasks = pushed.map((job) => ({ ...job, task: queue(context, executionId, operation, job) }));
  await clock.sleep(QUEUED_MS);
  const sides = {
    source: await sideOf(context, source, signal),
    destination: await sideOf(context, destination, signal),
  };
  await Promise.all(
    tasks.map(({ resource, to, task }) => carryOutTask(context, policy, sides, { resource, to, task })),
  );
  await clock.sleep(NOTICED_MS);
  finish(context, executionId, { status: endOf(tasksOf(context, executionId)) });
}

async function sideOf(context: Context, registry: RegistryRow | undefined, signal: AbortSignal): Promise<Side> {
  return registry ? remoteSide(context, registry, signal) : localSide(context);
}

/** A missing project is created; a proxy cache project accepts nothing. */
function hasRoomFor(context: Context, repository: string): boolean {
  const name = repository.split('/')[0]!;
  const project = context.store.projects.find('name', name);
  if (project) return project.registryId === 0;
  createProject(context, { name, ownerId: ADMIN_ID, registryId: 0, metadata: { public: 'false' }, storageLimit: -1 });
  return true;
}

interface Job {
  readonly resource: Resource;
  readonly to: string;
  readonly task: ReplicationTaskRow;
}

/** `source` and `destination` are texts for people, with the number of artifacts. */
function queue(
  { store, clock }: Context,
  executionId: number,
  operation: ReplicationTaskRow['operation'],
  { resource, to }: Omit<Job, 'task'>,
): ReplicationTaskRow {
  const counted = (name: string): string => `${name} [${resource.references.length} item(s) in total]`;
  return store.replicationTasks.insert({
    executionId,
    operation,
    jobId: randomBytes(12).toString('hex'),
    status: 'Pending',
    resourceType: resource.type,
    source: counted(resource.repository),
    destination: counted(to),
    startTime: clock.now(),
    endTime: 0,
    log: '',
  });
}

/** A task that was stopped or deleted meanwhile keeps its state, and gets its log. */
async function carryOutTask(
  context: Context,
  { override }: ReplicationPolicyRow,
  sides: { readonly source: Side; readonly destination: Side },
  { resource, to, task }: Job,
): Promise<void> {
  const { store, clock } = context;
  const isStopped = (): boolean => store.replicationTasks.get(task.id)?.status === 'Stopped';
  if (isStopped() || !store.replicationTasks.get(task.id)) return;
  store.replicationTasks.update(task.id, { status: 'InProgress' });
  const { repository: from, references } = resource;
  const { failed, log } =
    task.operation === 'copy'
      ? await copyRepository({ ...sides, from, to, references, override, isStopped })
      : await deleteThere({ ...sides, to, references, operation: task.operation });
  const end = isStopped() ? {} : ({ status: failed ? 'Failed' : 'Succeed' } as const);
  if (store.replicationTasks.get(task.id))
    store.replicationTasks.update(task.id, { ...end, log, endTime: clock.now() });
}

/** A task that is copying ends at its next artifact; its status is `Stopped` from now on. */
export function stopReplication(context: Context, executionId: number): void {
  const { store, clock } = context;
  for (const { id, status } of tasksOf(context, executionId))
    if (status === 'Pending' || status === 'InProgress')
      store.replicationTasks.update(id, { status: 'Stopped', endTime: clock.now() });
  finish(context, executionId, { status: 'Stopped' });
}

/** Ends an execution, unless it has already ended or was deleted. */
export function finish({ store, clock }: Context, id: number, end: Partial<ReplicationExecutionRow>): void {
  if (store.replicationExecutions.get(id)?.status !== 'InProgress') return;
  store.replicationExecutions.update(id, { ...end, endTime: clock.now() });
}

function tasksOf({ store }: Context, executionId: number): ReplicationTaskRow[] {
  return store.replicationTasks.findAll('execution', executionId);
}

/** One failure makes the whole execution fail, and weighs more than a stop. */
function endOf(tasks: readonly ReplicationTaskRow[]): ReplicationExecutionRow['status'] {
  const ends = tasks.map(({ status }) => status);
  return (['Failed', 'Stopped'] as const).find((status) => ends.includes(status)) ?? 'Succeed';
}
