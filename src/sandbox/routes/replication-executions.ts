import { created, ok } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';
import { type Call, idParam, page } from '../api/call';
import { model } from '../api/model';
import { type Columns, sortRows } from '../api/query';
import { omitEmpty, wireTime } from '../api/wire';
import type { Context } from '../context';
import { HarborError, notFound } from '../errors';
import type { ReplicationExecutionRow } from '../rows';
import type { Store } from '../store';
import { policyOf } from './replication-policies';

const StartReplicationExecution = model('StartReplicationExecution', { policy_id: 'int64' });

/** A job waits in the queue, lists what there is at the source and finds nothing to copy. */
const RUN_MS = 4_000;
const NOTHING_TO_COPY = 'no resources need to be replicated';
const SKIPPED = 'Execution skipped: active replication still in progress.';

const COLUMNS: Columns<ReplicationExecutionRow> = {
  id: (row) => row.id,
  policy_id: (row) => row.policyId,
  status: (row) => row.status,
  start_time: (row) => row.startTime,
  end_time: (row) => row.endTime,
};

/** The runs are kept and answered, not carried out: each finds nothing to copy, has no task and succeeds. */
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
      return page(call, sortRows(matching(store, call.query), sort, COLUMNS), executionWire);
    },
    { query: { policy_id: 'int64' } },
  );
  api.get('/replication/executions/:id', (call) => {
    requireSystem(call.caller, 'replication', 'read');
    return ok(executionWire(executionOf(store, call)));
  });
  api.put('/replication/executions/:id', (call) => {
    requireSystem(call.caller, 'replication', 'create');
    const execution = executionOf(store, call);
    if (isRunning(execution)) finish(context, execution.id, { status: 'Stopped' });
    return ok(null);
  });
  api.get('/replication/executions/:id/tasks', (call) => {
    requireSystem(call.caller, 'replication', 'list');
    executionOf(store, call);
    return page(call, [], String);
  });
  api.get('/replication/executions/:id/tasks/:task_id/log', (call) => {
    requireSystem(call.caller, 'replication', 'read');
    executionOf(store, call);
    throw notFound(`replication task ${idParam(call, 'task_id')} not found`);
  });
}

function start(context: Context, call: Call): ReturnType<typeof created> {
  const { store, clock } = context;
  requireSystem(call.caller, 'replication', 'create');
  const policy = policyOf(store, Number(call.body['policy_id'] ?? 0));
  if (!policy.enabled) throw new HarborError('PRECONDITION', `the policy ${policy.id} is disabled`);
  const isBusy = policy.singleActive && store.replicationExecutions.findAll('policy', policy.id).some(isRunning);
  const { id } = store.replicationExecutions.insert({
    policyId: policy.id,
    status: 'InProgress',
    statusText: '',
    trigger: call.query.get('trigger') === 'scheduled' ? 'scheduled' : 'manual',
    startTime: clock.now(),
    endTime: 0,
  });
  if (isBusy) finish(context, id, { status: 'Failed', statusText: SKIPPED });
  else clock.background(() => run(context, id));
  return created(`${call.path}/${id}`);
}

async function run(context: Context, id: number): Promise<void> {
  await context.clock.sleep(RUN_MS);
  const execution = context.store.replicationExecutions.get(id);
  if (execution && isRunning(execution)) finish(context, id, { status: 'Succeed', statusText: NOTHING_TO_COPY });
}

function finish({ store, clock }: Context, id: number, end: Partial<ReplicationExecutionRow>): void {
  store.replicationExecutions.update(id, { ...end, endTime: clock.now() });
}

function isRunning({ status }: ReplicationExecutionRow): boolean {
  return status === 'InProgress';
}

function matching(store: Store, query: URLSearchParams): ReplicationExecutionRow[] {
  const wants = (key: string, value: string | number): boolean => [null, '', String(value)].includes(query.get(key));
  return store.replicationExecutions
    .all()
    .filter((row) => wants('policy_id', row.policyId) && wants('status', row.status) && wants('trigger', row.trigger));
}

function executionOf(store: Store, call: Call): ReplicationExecutionRow {
  const id = idParam(call, 'id');
  const row = store.replicationExecutions.get(id);
  if (!row) throw notFound(`replication execution ${id} not found`);
  return row;
}

function executionWire(row: ReplicationExecutionRow): object {
  return {
    ...omitEmpty({ id: row.id, policy_id: row.policyId, status: row.status, trigger: row.trigger }),
    end_time: wireTime(row.endTime),
    failed: 0,
    in_progress: 0,
    start_time: wireTime(row.startTime),
    status_text: row.statusText,
    stopped: 0,
    succeed: 0,
    total: 0,
  };
}
