import type { ArtifactEvent } from '../context/listeners';
import type { Context } from '../context';
import { logLine } from '../jobs/job-log';
import { PatternError } from '../selection/glob';
import type { PreheatExecutionRow, PreheatInstanceRow, PreheatPolicyRow, ProjectRow } from '../store/rows';
import { candidatesOf, type PreheatCandidate, preheatable, PreheatFilterError } from './candidates';
import { asking, DRIVERS, requireHealthy } from './driver';

/** Delay of the job queue, how often a provider is polled, and the delay of Harbor noticing the end. */
const QUEUED_MS = 2_000;
const CHECK_INTERVAL_MS = 10_000;
/** 30 minutes: after them the task fails, and the token that the provider pulls with has expired as well. */
const CHECK_TIMEOUT_MS = 1_800_000;
const NOTICED_MS = 15_000;
const TOKEN_LIFETIME_S = 1800;

/** As in the request, stored as JSON. */
interface Trigger {
  readonly type?: string;
  readonly trigger_setting?: { readonly cron?: string };
}

/** An empty object for `null`: then the policy runs only manually. */
export function triggerOf({ trigger }: PreheatPolicyRow): Trigger {
  return (JSON.parse(trigger) as Trigger | null) ?? {};
}

/** Why a policy cannot be run; in a response this is a plain Go error. */
export class PreheatError extends Error {}

/**
 * Starts a policy: a task for each selected tag (src/controller/p2p/preheat/enforcer.go).
 * @throws PreheatError
 *
 *     policy ──► enabled? ──► instance healthy? ──► filters ──► execution
 *                                                                └─ task for each tag
 *     task:   Pending ──2 s──► Running ──► Success | Error         (stop: Stopped, at any time before)
 *     execution: Running ──► all tasks ended ──15 s──► Error, Stopped or Success
 */
export async function startPreheat(context: Context, policy: PreheatPolicyRow): Promise<PreheatExecutionRow> {
  const { store } = context;
  if (!policy.enabled) throw new PreheatError(`policy ${policy.id}:${policy.name} is not enabled`);
  const project = store.projects.get(policy.projectId);
  if (!project) throw new PreheatError(`project ${policy.projectId} not found`);
  const instance = await healthyInstance(context, policy);
  const candidates = candidatesOf(store, store.artifacts.findAll('project', project.id));
  return launch(context, policy, instance, wantedBy(context, project, policy, candidates));
}

/** Starts the event-based policies that select an image that was just pushed by tag or got a label. */
export function preheatPushed(context: Context, { what, artifact, tags }: ArtifactEvent): void {
  const { store, clock } = context;
  const project = store.projects.get(artifact.projectId);
  if ((what !== 'push' && what !== 'label') || !project) return;
  const pushed = candidatesOf(store, [artifact]).filter(({ tag }) => tags.includes(tag));
  for (const policy of store.preheatPolicies.findAll('project', project.id)) {
    if (!policy.enabled || triggerOf(policy).type !== 'event_based') continue;
    clock.background(() =>
      ignoringRefusals(async () => {
        const wanted = wantedBy(context, project, policy, pushed);
        if (wanted.length > 0) launch(context, policy, await healthyInstance(context, policy), wanted);
      }),
    );
  }
}

/** Harbor only logs it, and continues. */
export async function ignoringRefusals(start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (!(error instanceof PreheatError)) throw error;
  }
}

/** A broken filter fails the execution, with the message of the filter. */
function wantedBy(
  context: Context,
  project: ProjectRow,
  policy: PreheatPolicyRow,
  candidates: readonly PreheatCandidate[],
): readonly PreheatCandidate[] {
  try {
    return preheatable(context, project, policy, candidates);
  } catch (error) {
    if (error instanceof PreheatFilterError || error instanceof PatternError) throw new PreheatError(error.message);
    throw error;
  }
}

/** @throws PreheatError, which fails the execution before it has a task */
async function healthyInstance({ store }: Context, { providerId }: PreheatPolicyRow): Promise<PreheatInstanceRow> {
  const instance = store.preheatInstances.get(providerId);
  if (!instance) throw new PreheatError(`instance ${providerId} not found`);
  await requireHealthy(instance).catch((error: unknown) => {
    throw new PreheatError(String(error));
  });
  return instance;
}

/**
 * Without a candidate it is a success without tasks. `totalCount` is fixed here, although artifacts may be deleted
 * meanwhile.
 */
function launch(
  context: Context,
  policy: PreheatPolicyRow,
  instance: PreheatInstanceRow,
  wanted: readonly PreheatCandidate[],
): PreheatExecutionRow {
  const { store, clock } = context;
  const { type = '', trigger_setting: setting } = triggerOf(policy);
  const triggerSetting = type === 'scheduled' ? (setting?.cron ?? '') : '-';
  const now = clock.now();
  const execution = store.preheatExecutions.insert({
    policyId: policy.id,
    trigger: type,
    extraAttrs: { totalCount: wanted.length, trigger: type, triggerSetting },
    startTime: now,
    ...(wanted.length === 0
      ? { status: 'Success', statusMessage: 'no artifacts to preheat', endTime: now }
      : { status: 'Running', statusMessage: '', endTime: 0 }),
  });
  const tasks = wanted.map((one) => queue(context, execution.id, one));
  if (tasks.length === 0) return execution;
  clock.background(async () => {
    await Promise.all(tasks.map((id, index) => carryOut(context, policy, instance, { id, ...wanted[index]! })));
    await clock.sleep(NOTICED_MS);
    const ends = store.preheatTasks.findAll('execution', execution.id).map(({ status }) => status);
    endExecution(context, execution.id, (['Error', 'Stopped'] as const).find((end) => ends.includes(end)) ?? 'Success');
  });
  return execution;
}

/** The tag is a part of the task: one artifact with two tags has two tasks. */
function queue({ store, clock }: Context, executionId: number, { artifact, tag }: PreheatCandidate): number {
  const now = clock.now();
  return store.preheatTasks.insert({
    executionId,
    status: 'Pending',
    statusMessage: '',
    extraAttrs: {
      artifact: `${artifact.repositoryName}:${tag}`,
      digest: artifact.digest,
      kind: artifact.type.toLowerCase(),
    },
    startTime: now,
    updateTime: now,
    endTime: 0,
    log: '',
  }).id;
}

type Task = PreheatCandidate & { readonly id: number };

/** The job of one image (src/pkg/p2p/preheat/job.go). */
async function carryOut(context: Context, policy: PreheatPolicyRow, instance: PreheatInstanceRow, task: Task) {
  const { store, clock } = context;
  await clock.sleep(QUEUED_MS);
  if (store.preheatTasks.get(task.id)?.status !== 'Pending') return;
  store.preheatTasks.update(task.id, { status: 'Running', updateTime: clock.now() });
  const lines: string[] = [];
  const note = (level: 'INFO' | 'ERROR', line: number, message: string): void =>
    void lines.push(logLine(level, `pkg/p2p/preheat/job.go:${line}`, message));
  let end: { readonly status: 'Success' | 'Error'; readonly statusMessage: string };
  try {
    end = (await preheat(context, policy, instance, task, note))
      ? { status: 'Success', statusMessage: '' }
      : { status: 'Error', statusMessage: 'preheat job running error: preheating is failed' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    note('ERROR', 67, reason);
    end = { status: 'Error', statusMessage: `preheat job running error: ${reason}` };
  }
  const isOpen = store.preheatTasks.get(task.id)?.status === 'Running';
  const now = clock.now();
  if (store.preheatTasks.get(task.id))
    store.preheatTasks.update(task.id, {
      ...(isOpen ? { ...end, endTime: now } : {}),
      updateTime: now,
      log: lines.join(''),
    });
}

type Note = (level: 'INFO' | 'ERROR', line: number, message: string) => void;

/** False if the provider reports a failure. Rejects with UpstreamError. */
async function preheat(
  context: Context,
  policy: PreheatPolicyRow,
  instance: PreheatInstanceRow,
  { id, artifact, tag }: Task,
  note: Note,
): Promise<boolean> {
  const { clock, store, tokens, externalUrl } = context;
  const { repositoryName: repository, digest } = artifact;
  const driver = DRIVERS[instance.vendor]!;
  const ask = asking(instance);
  const target = `${instance.vendor} ${instance.name}:${instance.endpoint}`;
  note('INFO', 86, `Preheating image '${repository}:${tag}@${digest}' to the target preheat provider: ${target}`);
  await requireHealthy(instance);
  note('INFO', 125, 'Check health of preheat provider instance: Healthy');
  const access = [{ type: 'repository', name: repository, actions: ['pull'] }];
  const token = await tokens.issue('distributor', access, Math.floor(clock.now() / 1000), TOKEN_LIFETIME_S);
  const image = {
    url: `${externalUrl()}/v2/${repository}/manifests/${tag}`,
    authorization: `Bearer ${token}`,
    repository,
    tag,
    digest,
  };
  const extraAttrs: unknown = policy.extraAttrs === '' ? undefined : JSON.parse(policy.extraAttrs);
  const { job, done } = await driver.preheat(ask, image, extraAttrs);
  note('INFO', 137, 'Sending preheat request is successfully done');
  if (done) return true;
  for (let waitedMs = 0; waitedMs < CHECK_TIMEOUT_MS; waitedMs += CHECK_INTERVAL_MS) {
    await clock.sleep(CHECK_INTERVAL_MS);
    if (store.preheatTasks.get(id)?.status !== 'Running') return true;
    const progress = await driver.progress(ask, job);
    note('INFO', 177, `Check preheat progress: ${progress}`);
    if (progress !== 'PENDING') return progress === 'SUCCESS';
  }
  note('ERROR', 201, 'status check timeout: 30m0s');
  return false;
}

/** The request that a provider already got is not withdrawn; Harbor cannot do that either. */
export function stopPreheat(context: Context, { id }: PreheatExecutionRow): void {
  const { store, clock } = context;
  for (const task of store.preheatTasks.findAll('execution', id))
    if (task.status === 'Pending' || task.status === 'Running')
      store.preheatTasks.update(task.id, { status: 'Stopped', updateTime: clock.now(), endTime: clock.now() });
  endExecution(context, id, 'Stopped');
}

/** Only a running one: a stopped execution stays stopped, even if its last task ends later. */
function endExecution({ store, clock }: Context, id: number, status: PreheatExecutionRow['status']): void {
  if (store.preheatExecutions.get(id)?.status === 'Running')
    store.preheatExecutions.update(id, { status, endTime: clock.now() });
}

/** Deletes a policy with its executions. */
export function removePreheatPolicy({ store }: Pick<Context, 'store'>, { id }: PreheatPolicyRow): void {
  for (const execution of store.preheatExecutions.findAll('policy', id)) {
    for (const task of store.preheatTasks.findAll('execution', execution.id)) store.preheatTasks.remove(task.id);
    store.preheatExecutions.remove(execution.id);
  }
  store.preheatPolicies.remove(id);
}
