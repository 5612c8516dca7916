import { created, ok, text } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';
import { type Call, idParam, page } from '../api/call';
import { model } from '../api/model';
import { type Columns, sortRows } from '../api/query';
import { omitEmpty, wireTime } from '../go-compat/wire';
import type { Context } from '../context';
import { notFound } from '../errors';
import { listenForArtifacts } from '../replication/by-event';
import { startReplication, stopReplication } from '../replication/run';
import type { ReplicationExecutionRow, ReplicationTaskRow } from '../store/rows';
import type { Store } from '../store/store';
import { policyOf } from './replication-policies';

const StartReplicationExecution = model('StartReplicationExecution', { policy_id: 'int64' });

const COLUMNS: Columns<ReplicationExecutionRow> = {
  id: (row) => row.id,
  policy_id: (row) => row.policyId,
  status: (row) => row.status,
  start_time: (row) => row.startTime,
  end_time: (row) => row.endTime,
};

/**
 * Stands in for the executions in src/server/v2.0/handler/replication.go, and connects policies to events and
 * to the timetable.
 *
 *     POST, an event, a time of the schedule ──► startReplication ──► an execution, a task for each artifact
 *     PUT: stops it while it is InProgress, and is 200 also afterwards
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  api.post('/replication/executions', (call) => start(context, call), {
    body: ['execution', StartReplicationExecution],
  });
  api.get(
    '/replication/executions',
    (call) => {
      requireSystem(call.caller, 'replication', 'list');
      const sort = call.query.get('sort') ?? '-start_time,-id';
      return page(call, sortRows(matching(store, call.query), sort, COLUMNS), (row) => executionWire(store, row));
    },
    { query: { policy_id: 'int64' } },
  );
  api.get('/replication/executions/:id', (call) => {
    requireSystem(call.caller, 'replication', 'read');
    return ok(executionWire(store, executionOf(store, call)));
  });
  api.put('/replication/executions/:id', (call) => {
    requireSystem(call.caller, 'replication', 'create');
    const execution = executionOf(store, call);
    if (execution.status === 'InProgress') stopReplication(context, execution.id);
    return ok(null);
  });
  registerTasks(api);
  listenForArtifacts(context);
  context.timetable.add(() =>
    store.replicationPolicies.all().flatMap((policy) => {
      const { type, trigger_settings: settings } = policy.trigger ?? {};
      if (!policy.enabled || type !== 'scheduled' || !settings?.cron) return [];
      return [{ cron: settings.cron, run: () => void startReplication(context, policy, 'scheduled') }];
    }),
  );
}

const TASK_COLUMNS: Columns<ReplicationTaskRow> = {
  id: (row) => row.id,
  status: (row) => row.status,
  start_time: (row) => row.startTime,
  end_time: (row) => row.endTime,
};

/** Tasks are filtered by two plain parameters and not by `q`, which is older than the rest of the API. */
function registerTasks(api: Api): void {
  const { store } = api.context;
  api.get('/replication/executions/:id/tasks', (call) => {
    requireSystem(call.caller, 'replication', 'list');
    const { id } = executionOf(store, call);
    const [status, type] = [call.query.get('status') ?? '', call.query.get('resource_type') ?? ''];
    const rows = store.replicationTasks
      .findAll('execution', id)
      .filter((row) => ['', row.status].includes(status) && ['', row.resourceType].includes(type));
    return page(call, sortRows(rows, call.query.get('sort'), TASK_COLUMNS, '-start_time,-id'), taskWire);
  });
  api.get('/replication/executions/:id/tasks/:task_id/log', (call) => {
    requireSystem(call.caller, 'replication', 'read');
    const execution = executionOf(store, call);
    const id = idParam(call, 'task_id');
    const task = store.replicationTasks.get(id);
    if (!task) throw notFound(`replication task ${id} not found`);
    if (task.executionId !== execution.id) throw notFound(`execution ${execution.id} contains no task with ID ${id}`);
    return text(task.log, 'text/plain');
  });
}

/** An execution by hand is `manual`, unless the query says that it was scheduled. */
function start(context: Context, call: Call): ReturnType<typeof created> {
  requireSystem(call.caller, 'replication', 'create');
  const policy = policyOf(context.store, Number(call.body['policy_id'] ?? 0));
  const trigger = call.query.get('trigger') === 'scheduled' ? 'scheduled' : 'manual';
  return created(`${call.path}/${startReplication(context, policy, trigger).id}`);
}

/** Empty and absent parameters are the same. */
function matching(store: Store, query: URLSearchParams): ReplicationExecutionRow[] {
  const wants = (key: string, value: string | number): boolean => [null, '', String(value)].includes(query.get(key));
  return store.replicationExecutions
    .all()
    .filter((row) => wants('policy_id', row.policyId) && wants('status', row.status) && wants('trigger', row.trigger));
}

/** @throws HarborError 404 */
function executionOf(store: Store, call: Call): ReplicationExecutionRow {
  const id = idParam(call, 'id');
  const row = store.replicationExecutions.get(id);
  if (!row) throw notFound(`replication execution ${id} not found`);
  return row;
}

/** Without a log, which has a route of its own. */
function taskWire(row: ReplicationTaskRow): object {
  return omitEmpty({
    dst_resource: row.destination,
    end_time: wireTime(row.endTime),
    execution_id: row.executionId,
    id: row.id,
    job_id: row.jobId,
    operation: row.operation,
    resource_type: row.resourceType,
    src_resource: row.source,
    start_time: wireTime(row.startTime),
    status: row.status,
  });
}

/** Counts are there also when they are 0. */
function executionWire(store: Store, row: ReplicationExecutionRow): object {
  const ends = store.replicationTasks.findAll('execution', row.id).map(({ status }) => status);
  const count = (...wanted: string[]): number => ends.filter((status) => wanted.includes(status)).length;
  return {
    ...omitEmpty({ id: row.id, policy_id: row.policyId, status: row.status, trigger: row.trigger }),
    end_time: wireTime(row.endTime),
    failed: count('Failed'),
    in_progress: count('Pending', 'InProgress'),
    start_time: wireTime(row.startTime),
    status_text: row.statusText,
    stopped: count('Stopped'),
    succeed: count('Succeed'),
    total: ends.length,
  };
}
