import { created, OK, text } from '../api/answer';
import type { Api } from '../api/api';
import { type Call, idParam, page } from '../api/call';
import { model } from '../api/model';
import { badRequest, notFound } from '../errors';
import { cronOf, executionWire, taskWire } from '../retention/policy';
import { startRetention, stopRetention } from '../retention/run';
import type { RetentionExecutionRow, RetentionRow, RetentionTaskRow } from '../store/rows';
import type { Store } from '../store/store';
import { retentionFor } from './retentions';

const TriggerBody = model('TriggerRetentionExecutionBody', { dry_run: 'bool' });
const OperateBody = model('OperateRetentionExecutionBody', { action: 'string' });

/** The only lists without a default page size: they return everything, and `page=1` as the next one. */
const UNPAGED = { number: 0, size: 0 };

const EXECUTIONS = '/retentions/:id/executions';

/**
 * Stands in for the executions in src/server/v2.0/handler/retention.go, and connects policies to the timetable.
 *
 *     retention policy 1 ─┬─ execution ─┬─ task, one for each repository
 *                         │             └─ task
 *                         └─ execution
 *
 * Each step of the path has to belong to the one before it: otherwise 404, with the words of the level above.
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  context.timetable.add(() =>
    store.retentions.all().flatMap((row) => {
      const cron = cronOf(row.policy);
      return cron
        ? [{ cron, run: () => void startRetention(context, row, { trigger: 'Schedule', dryRun: false }) }]
        : [];
    }),
  );
  api.post(
    EXECUTIONS,
    (call) => {
      const row = retentionFor(store, call, 'update');
      return created(
        `${call.path}/${startRetention(context, row, { trigger: 'MANUAL', dryRun: call.body['dry_run'] === true }).id}`,
      );
    },
    { body: ['body', TriggerBody] },
  );
  api.get(EXECUTIONS, (call) => {
    const row = retentionFor(store, call, 'list');
    return page(call, store.retentionExecutions.findAll('policy', row.id).reverse(), executionWire, UNPAGED);
  });
  api.patch(
    `${EXECUTIONS}/:eid`,
    (call) => {
      if (call.body['action'] !== 'stop') throw badRequest("bad request: action should be 'stop'");
      stopRetention(context, executionFor(store, call, 'update'));
      return OK;
    },
    { body: ['body', OperateBody] },
  );
  api.get(`${EXECUTIONS}/:eid/tasks`, (call) => {
    const { id } = executionFor(store, call, 'list');
    return page(call, store.retentionTasks.findAll('execution', id).reverse(), taskWire, UNPAGED);
  });
  api.get(`${EXECUTIONS}/:eid/tasks/:tid`, (call) => {
    const task = taskFor(store, call, executionFor(store, call, 'read'));
    return text(task.log, 'text/plain');
  });
}

/** The policy must still be the one of its project: an old id is unknown. */
function executionFor(store: Store, call: Call, action: string): RetentionExecutionRow {
  const row = retentionFor(store, call, action);
  requireCurrent(store, row);
  const id = idParam(call, 'eid');
  const execution = store.retentionExecutions.get(id);
  if (!execution) throw notFound(`execution ${id} not found`);
  if (execution.policyId !== row.id) throw notFound(`project: ${row.projectId}, execution id ${id} not found`);
  return execution;
}

/** @throws HarborError 404 when the project refers to another policy */
function requireCurrent(store: Store, { id, projectId }: RetentionRow): void {
  if (store.projects.get(projectId)?.metadata['retention_id'] !== String(id))
    throw notFound(`resource not found: the retention policy id ${id} does not match`);
}

/** A task of another execution is 404 with words about the execution. */
function taskFor(store: Store, call: Call, execution: RetentionExecutionRow): RetentionTaskRow {
  const id = idParam(call, 'tid');
  const task = store.retentionTasks.get(id);
  if (!task) throw notFound(`task ${id} not found`);
  if (task.executionId !== execution.id) {
    const projectId = store.retentions.get(execution.policyId)?.projectId ?? 0;
    throw notFound(`project: ${projectId}, execution id ${execution.id} not found`);
  }
  return task;
}
