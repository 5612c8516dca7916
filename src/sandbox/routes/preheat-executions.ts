import { created, ok, OK, text } from '../api/answer';
import type { Api } from '../api/api';
import { projectFor } from '../api/access';
import { type Call, idParam, page, param } from '../api/call';
import { internalError, notFound } from '../errors';
import { model } from '../api/model';
import { type Columns, filterRows, sortRows } from '../api/query';
import { omitEmpty } from '../go-compat/wire';
import { ignoringRefusals, PreheatError, preheatPushed, startPreheat, stopPreheat, triggerOf } from '../preheat/run';
import type { PreheatExecutionRow, PreheatTaskRow, ProjectRow } from '../store/rows';
import type { Store } from '../store/store';
import { PATH, policyOf } from './preheat-policies';

const Execution = model('Execution', { status: 'string' });

const COLUMNS: Columns<PreheatExecutionRow> = {
  id: (row) => row.id,
  status: (row) => row.status,
  trigger: (row) => row.trigger,
  start_time: (row) => row.startTime,
  end_time: (row) => row.endTime,
};

const TASK_COLUMNS: Columns<PreheatTaskRow> = {
  id: (row) => row.id,
  status: (row) => row.status,
  start_time: (row) => row.startTime,
  end_time: (row) => row.endTime,
};

/**
 * Stands in for the executions in src/server/v2.0/handler/preheat.go, and connects policies to events and to
 * the timetable. A task of another execution is 404, with the id of the project in the message.
 *
 *     an event of a push, a time of the schedule, POST ──► startPreheat ──► an execution with its tasks
 *                                                             │
 *         POST: 500 for a refusal ◄───────────────────────────┤
 *         schedule: a refusal is dropped ◄────────────────────┘
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  context.artifactEvents.listen((event) => preheatPushed(context, event));
  context.timetable.add(() =>
    store.preheatPolicies.all().flatMap((policy) => {
      const { type, trigger_setting: setting } = triggerOf(policy);
      if (!policy.enabled || type !== 'scheduled' || !setting?.cron) return [];
      const start = (): Promise<void> => ignoringRefusals(() => startPreheat(context, policy));
      return [{ cron: setting.cron, run: () => context.clock.background(start) }];
    }),
  );
  // The portal sends the whole policy, but Harbor ignores it.
  api.post(`${PATH}/:policy`, async (call) => {
    const project = projectFor(store, call, 'preheat-policy', 'read');
    const policy = policyOf(store, call, project);
    try {
      const { id } = await startPreheat(context, policy);
      return created(`/projects/${param(call, 'project')}/preheat/policies/${policy.name}/executions/${id}`);
    } catch (error) {
      if (error instanceof PreheatError) throw internalError(`enforce policy error: ${error.message}`);
      throw error;
    }
  });
  api.get(`${PATH}/:policy/executions`, (call) => {
    const policy = policyOf(store, call, projectFor(store, call, 'preheat-policy', 'list'));
    const rows = filterRows(store.preheatExecutions.findAll('policy', policy.id), call.query.get('q'), COLUMNS);
    return page(call, sortRows(rows, call.query.get('sort'), COLUMNS, '-start_time,-id'), (row) =>
      executionWire(store, row),
    );
  });
  api.get(`${PATH}/:policy/executions/:execution_id`, (call) =>
    ok(executionWire(store, executionFor(store, call, 'read'))),
  );
  api.patch(
    `${PATH}/:policy/executions/:execution_id`,
    (call) => {
      const execution = executionFor(store, call, 'update');
      if (call.body['status'] !== 'Stopped') throw internalError('param status invalid');
      stopPreheat(context, execution);
      return OK;
    },
    { body: ['execution', Execution] },
  );
  registerTasks(api);
}

/** The list of tasks and a log need different permissions: list, and read. */
function registerTasks(api: Api): void {
  const { store } = api.context;
  api.get(`${PATH}/:policy/executions/:execution_id/tasks`, (call) => {
    const { id } = executionFor(store, call, 'list');
    const rows = filterRows(store.preheatTasks.findAll('execution', id), call.query.get('q'), TASK_COLUMNS);
    return page(call, sortRows(rows, call.query.get('sort'), TASK_COLUMNS, '-start_time,-id'), taskWire);
  });
  api.get(`${PATH}/:policy/executions/:execution_id/tasks/:task_id/logs`, (call) => {
    const project = projectFor(store, call, 'preheat-policy', 'read');
    const { id } = executionIn(store, call, project);
    const task = store.preheatTasks.get(idParam(call, 'task_id'));
    if (!task) throw notFound(`task ${idParam(call, 'task_id')} not found`);
    if (task.executionId !== id) throw notFound(`project id ${project.id}, task id ${task.id} not found`);
    return text(task.log, 'text/plain');
  });
}

/** The permission for the action comes first, as for everything in a project. */
function executionFor(store: Store, call: Call, action: string): PreheatExecutionRow {
  return executionIn(store, call, projectFor(store, call, 'preheat-policy', action));
}

/** An execution of another policy is 404 with the words about the project. */
function executionIn(store: Store, call: Call, project: ProjectRow): PreheatExecutionRow {
  const policy = policyOf(store, call, project);
  const id = idParam(call, 'execution_id');
  const execution = store.preheatExecutions.get(id);
  if (!execution) throw notFound(`execution ${id} not found`);
  if (execution.policyId !== policy.id) throw notFound(`project id ${project.id}, execution id ${id} not found`);
  return execution;
}

/** Counts are calculated from the tasks, so they change while the status is still Running. */
function executionWire(store: Store, row: PreheatExecutionRow): object {
  const ends = store.preheatTasks.findAll('execution', row.id).map(({ status }) => status);
  const count = (wanted: string): number => ends.filter((status) => status === wanted).length;
  return omitEmpty({
    end_time: rfc3339(row.endTime),
    extra_attrs: row.extraAttrs,
    id: row.id,
    metrics: omitEmpty({
      error_task_count: count('Error'),
      pending_task_count: count('Pending'),
      running_task_count: count('Running'),
      stopped_task_count: count('Stopped'),
      success_task_count: count('Success'),
      task_count: ends.length,
    }),
    start_time: rfc3339(row.startTime),
    status: row.status,
    status_message: row.statusMessage,
    trigger: row.trigger,
    vendor_id: row.policyId,
    vendor_type: 'P2P_PREHEAT',
  });
}

/** `run_count` is 1 as soon as it has begun: nothing is retried here. */
function taskWire(row: PreheatTaskRow): object {
  return omitEmpty({
    creation_time: rfc3339(row.startTime),
    end_time: rfc3339(row.endTime),
    execution_id: row.executionId,
    extra_attrs: row.extraAttrs,
    id: row.id,
    run_count: row.status === 'Pending' ? 0 : 1,
    start_time: rfc3339(row.startTime),
    status: row.status,
    status_message: row.statusMessage,
    update_time: rfc3339(row.updateTime),
  });
}

/** Whole seconds; the zero time is Go's. */
function rfc3339(ms: number): string {
  return ms === 0 ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
