import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireInProject, requireLogin, requireSystem } from '../api/access';
import { type Call, idParam } from '../api/call';
import { model } from '../api/model';
import type { Context } from '../context';
import { cronProblem } from '../go-compat/cron';
import { badRequest, conflict, GoPanic, internalError, notFound } from '../errors';
import { policyWire, type RetentionPolicy as Policy, ruleKey } from '../retention/policy';
import { removeRetention } from '../retention/run';
import { RETENTION_METADATA } from '../retention/metadata';
import type { RetentionRow } from '../store/rows';
import type { Store } from '../store/store';

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

const MAX_RULES = 15;

/**
 * Stands in for src/server/v2.0/handler/retention.go. The project refers to its policy by the metadata
 * `retention_id`, and a policy to its project by `scope.ref`; most checks compare the two.
 */
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
    return ok(policyWire(context, row));
  });
  api.put('/retentions/:id', (call) => updateRetention(context, call), { body: ['policy', RetentionPolicy] });
  api.delete('/retentions/:id', (call) => {
    const row = retentionFor(store, call, 'delete');
    const { trigger } = row.policy as Policy;
    if (trigger?.kind === 'Schedule') cronText(trigger);
    removeRetention(store, row);
    const project = store.projects.get(row.projectId);
    if (project) {
      const { retention_id: _removed, ...metadata } = project.metadata;
      store.projects.update(project.id, { metadata });
    }
    return OK;
  });
}

/**
 * Every mistake is 400, with `bad request:` in front of most. A project can have one policy only, and a proxy
 * cache project has one from the start (docs/harbor-behavior.md 5.4).
 */
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
  const { trigger } = requireTrigger(policy);
  requireCron(trigger);
  const now = clock.now();
  const row = store.retentions.insert({ projectId, policy: call.body, creationTime: now, updateTime: now });
  store.projects.update(projectId, { metadata: { ...project.metadata, retention_id: String(row.id) } });
  return created(`${call.path}/${row.id}`);
}

/** Replaces the whole policy; its scope must be the project that refers to it. */
function updateRetention({ store, clock }: Context, call: Call): typeof OK {
  requireLogin(call.caller);
  const policy = call.body as Policy;
  const id = idParam(call, 'id');
  requireFewDistinctRules(policy);
  requireAccess(store, call, policy, 'update');
  const project = store.projects.get(policy.scope?.ref ?? 0);
  const retention = store.retentions.get(id);
  if (!retention || project?.metadata['retention_id'] !== String(id))
    throw notFound(`resource not found: the retention policy id ${id} does not match`);
  requireCron(requireTrigger(policy).trigger);
  reschedule((retention.policy as Policy).trigger, policy.trigger);
  store.retentions.update(id, { policy: call.body, updateTime: clock.now() });
  return OK;
}

/** Two equal rules are 409, and their numbers count from 0. */
function requireFewDistinctRules({ rules = [] }: Policy): void {
  if (rules.length > MAX_RULES) throw badRequest(`bad request: only ${MAX_RULES} rules are allowed at most`);
  const seen = new Map<string, number>();
  rules.forEach((rule, index) => {
    const same = seen.get(ruleKey(rule));
    if (same !== undefined) throw conflict(`resource conflict: rule ${index} is conflict with rule ${same}`);
    seen.set(ruleKey(rule), index);
  });
}

type Trigger = NonNullable<Policy['trigger']>;

/** @throws GoPanic: Harbor does not check that there is a trigger */
function requireTrigger(policy: Policy): { readonly trigger: Trigger } {
  if (!policy.trigger) throw new GoPanic('no trigger');
  return { trigger: policy.trigger };
}

/** A missing cron is accepted, and harms Harbor later: see `disarmPolicy` in the kinds. */
function requireCron(trigger: Trigger): void {
  const sent = trigger.settings?.['cron'];
  if (trigger.kind !== 'Schedule' || sent === undefined || sent === '') return;
  const cron = cronText(trigger);
  const problem = cronProblem(cron);
  if (problem !== undefined)
    throw badRequest(`invalid cron string for scheduled tag retention: ${cron}, error: ${problem}`);
}

/** @throws GoPanic: Harbor reads it as a text without checking */
function cronText({ settings }: Trigger): string {
  const cron = settings?.['cron'];
  if (typeof cron !== 'string') throw new GoPanic('no cron');
  return cron;
}

/** What Harbor does with its scheduler, and where that fails (src/controller/retention, UpdateRetention). */
function reschedule(before: Trigger | undefined, after: Trigger | undefined): void {
  const [old, wanted] = [before?.kind ?? '', after?.kind ?? ''];
  if (old !== wanted) {
    if (wanted === 'Schedule' && cronText(after!) === '') throw badRequest('invalid cron : empty spec string');
  } else if (wanted === 'Schedule') {
    if (before?.settings?.['cron'] === after?.settings?.['cron']) return;
    cronText(before!);
    cronText(after!);
  } else if (wanted !== '') throw internalError(`not support Trigger ${wanted}`);
}

/** @throws HarborError 401, 403; GoPanic without a scope, which Harbor does not check */
export function requireAccess(store: Store, call: Call, { scope }: Policy, action: string): void {
  if (!scope) throw new GoPanic('no scope');
  if (scope.level !== 'project') requireSystem(call.caller, 'tag-retention', action);
  else requireInProject(store, call.caller, store.projects.get(scope.ref ?? 0), 'tag-retention', action);
}

/**
 * An unknown id is 400 here and 500 for a GET of the policy.
 * @throws HarborError 400, 401, 403
 */
export function retentionFor(store: Store, call: Call, action: string): RetentionRow {
  requireLogin(call.caller);
  const id = idParam(call, 'id');
  const row = store.retentions.get(id);
  if (!row) throw badRequest(`bad request: no such Retention policy with id ${id}`);
  requireAccess(store, call, row.policy, action);
  return row;
}
