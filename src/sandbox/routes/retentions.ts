import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireInProject, requireLogin, requireSystem } from '../api/access';
import { type Call, idParam, page } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { omitEmpty } from '../api/wire';
import type { Context } from '../context';
import { cronProblem, nextRun } from '../cron';
import { badRequest, conflict, internalError, notFound } from '../errors';
import { RETENTION_METADATA } from '../retention-metadata';
import type { RetentionExecutionRow, RetentionRow } from '../rows';
import type { Store } from '../store';

const Selector = model('RetentionSelector', {
  kind: 'string',
  decoration: 'string',
  pattern: 'string',
  extras: 'string',
});

const RetentionPolicy = model('RetentionPolicy', {
  id: 'int64',
  algorithm: 'string',
  rules: {
    list: model('RetentionRule', {
      id: 'int64',
      priority: 'int64',
      disabled: 'bool',
      action: 'string',
      template: 'string',
      params: { map: 'any' },
      tag_selectors: { list: Selector },
      scope_selectors: { map: { list: Selector } },
    }),
  },
  trigger: model('RetentionRuleTrigger', { kind: 'string', settings: 'any', references: 'any' }),
  scope: model('RetentionPolicyScope', { level: 'string', ref: 'int64' }),
});

const TriggerBody = model('TriggerRetentionExecutionBody', { dry_run: 'bool' });
const OperateBody = model('OperateRetentionExecutionBody', { action: 'string' });

const MAX_RULES = 15;

interface Rule {
  readonly id?: number;
  readonly tag_selectors?: readonly JsonObject[];
  readonly scope_selectors?: Readonly<Record<string, readonly JsonObject[]>>;
}

interface Policy {
  readonly algorithm?: string;
  readonly rules?: readonly Rule[];
  readonly trigger?: { readonly kind?: string; readonly settings?: { readonly cron?: unknown } };
  readonly scope?: { readonly level?: string; readonly ref?: number };
}

export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  api.get('/retentions/metadatas', ({ caller }) => {
    requireLogin(caller);
    return ok(RETENTION_METADATA);
  });
  api.post('/retentions', (call) => createRetention(context, call), { body: ['policy', RetentionPolicy] });
  api.get('/retentions/:id', (call) => {
    requireLogin(call.caller);
    const id = idParam(call, 'id');
    const row = store.retentions.get(id);
    // The one endpoint where an unknown id is a plain Go error.
    if (!row) throw internalError(`no such Retention policy with id ${id}`);
    requireAccess(store, call, row.policy, 'read');
    return ok(retentionWire(context, row));
  });
  api.put('/retentions/:id', (call) => updateRetention(context, call), { body: ['policy', RetentionPolicy] });
  api.delete('/retentions/:id', (call) => {
    const row = retentionFor(store, call, 'delete');
    store.retentions.remove(row.id);
    const project = store.projects.get(row.projectId);
    if (project) {
      const { retention_id: _removed, ...metadata } = project.metadata;
      store.projects.update(project.id, { metadata });
    }
    return OK;
  });
  registerExecutions(api);
}

/** The policies are kept and answered, not carried out: an execution has nothing to do and succeeds. */
function registerExecutions(api: Api): void {
  const { store, clock } = api.context;
  api.post(
    '/retentions/:id/executions',
    (call) => {
      const row = retentionFor(store, call, 'update');
      const execution = store.retentionExecutions.insert({
        policyId: row.id,
        startTime: clock.now(),
        endTime: clock.now(),
        status: 'Success',
        trigger: 'MANUAL',
        dryRun: call.body['dry_run'] === true,
      });
      return created(`${call.path}/${execution.id}`);
    },
    { body: ['body', TriggerBody] },
  );
  api.get('/retentions/:id/executions', (call) => {
    const row = retentionFor(store, call, 'list');
    return page(call, store.retentionExecutions.findAll('policy', row.id).reverse(), executionWire);
  });
  api.patch(
    '/retentions/:id/executions/:eid',
    (call) => {
      if (call.body['action'] !== 'stop') throw badRequest("bad request: action should be 'stop'");
      requireExecution(store, retentionFor(store, call, 'update'), idParam(call, 'eid'));
      return OK;
    },
    { body: ['body', OperateBody] },
  );
  api.get('/retentions/:id/executions/:eid/tasks', (call) => {
    requireExecution(store, retentionFor(store, call, 'list'), idParam(call, 'eid'));
    return page(call, [], String);
  });
}

function createRetention({ store, clock }: Context, call: Call): ReturnType<typeof created> {
  requireLogin(call.caller);
  const policy = call.body as Policy;
  requireFewDistinctRules(policy);
  requireAccess(store, call, policy, 'create');
  const projectId = policy.scope?.ref ?? 0;
  if (policy.scope?.level !== 'project')
    throw badRequest(`bad request: scope ${policy.scope?.level ?? ''} is not support`);
  const project = store.projects.get(projectId);
  if (!project) throw badRequest(`bad request: invalid Project id ${projectId}`);
  const existing = project.metadata['retention_id'];
  if (existing !== undefined)
    throw badRequest(`bad request: project ${projectId} already has retention policy ${existing}`);
  requireCron(policy);
  const now = clock.now();
  const row = store.retentions.insert({ projectId, policy: call.body, creationTime: now, updateTime: now });
  store.projects.update(projectId, { metadata: { ...project.metadata, retention_id: String(row.id) } });
  return created(`${call.path}/${row.id}`);
}

/** Replaces the whole policy; its scope must still be the project that refers to it. */
function updateRetention({ store, clock }: Context, call: Call): typeof OK {
  requireLogin(call.caller);
  const policy = call.body as Policy;
  const id = idParam(call, 'id');
  requireFewDistinctRules(policy);
  requireAccess(store, call, policy, 'update');
  const project = store.projects.get(policy.scope?.ref ?? 0);
  if (project?.metadata['retention_id'] !== String(id))
    throw notFound(`not found: the retention policy id ${id} does not match`);
  requireCron(policy);
  store.retentions.update(id, { policy: call.body, updateTime: clock.now() });
  return OK;
}

function requireFewDistinctRules({ rules = [] }: Policy): void {
  if (rules.length > MAX_RULES) throw badRequest(`bad request: only ${MAX_RULES} rules are allowed at most`);
  const seen = new Map<string, number>();
  rules.forEach((rule, index) => {
    const key = JSON.stringify({ ...rule, id: 0 });
    const same = seen.get(key);
    if (same !== undefined) throw conflict(`conflict: rule ${index} is conflict with rule ${same}`);
    seen.set(key, index);
  });
}

function requireCron({ trigger }: Policy): void {
  const cron = trigger?.settings?.cron;
  if (trigger?.kind !== 'Schedule' || typeof cron !== 'string' || cron === '') return;
  const problem = cronProblem(cron);
  if (problem !== undefined)
    throw badRequest(`invalid cron string for scheduled tag retention: ${cron}, error: ${problem}`);
}

function requireAccess(store: Store, call: Call, { scope }: Policy, action: string): void {
  if (scope?.level !== 'project') requireSystem(call.caller, 'tag-retention', action);
  else requireInProject(store, call.caller, store.projects.get(scope.ref ?? 0), 'tag-retention', action);
}

function retentionFor(store: Store, call: Call, action: string): RetentionRow {
  requireLogin(call.caller);
  const id = idParam(call, 'id');
  const row = store.retentions.get(id);
  if (!row) throw badRequest(`bad request: no such Retention policy with id ${id}`);
  requireAccess(store, call, row.policy, action);
  return row;
}

function requireExecution(store: Store, row: RetentionRow, executionId: number): RetentionExecutionRow {
  const execution = store.retentionExecutions.get(executionId);
  if (execution?.policyId !== row.id)
    throw notFound(`project: ${row.projectId}, execution id ${executionId} not found`);
  return execution;
}

function retentionWire({ clock }: Context, row: RetentionRow): object {
  const policy = row.policy as Policy;
  const cron = policy.trigger?.settings?.cron;
  const next = typeof cron === 'string' && cron !== '' ? nextRun(cron, clock.now()) : undefined;
  const settings = {
    ...policy.trigger?.settings,
    ...(next === undefined ? {} : { next_scheduled_time: new Date(next).toISOString() }),
  };
  return {
    algorithm: policy.algorithm,
    id: row.id,
    rules: policy.rules?.map(ruleWire) ?? null,
    scope: policy.scope,
    trigger: { kind: policy.trigger?.kind, settings },
  };
}

function ruleWire(rule: Rule): object {
  const scopes = Object.entries(rule.scope_selectors ?? {}).map(([key, selectors]) => [key, selectors.map(omitEmpty)]);
  return {
    ...omitEmpty({ ...rule }),
    scope_selectors: Object.fromEntries(scopes) as object,
    tag_selectors: rule.tag_selectors?.map(omitEmpty) ?? null,
  };
}

function executionWire(row: RetentionExecutionRow): object {
  return omitEmpty({
    dry_run: row.dryRun,
    end_time: new Date(row.endTime).toISOString(),
    id: row.id,
    policy_id: row.policyId,
    start_time: new Date(row.startTime).toISOString(),
    status: row.status,
    trigger: row.trigger,
  });
}
