import type { Context } from '../context';
import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { namedProjectFor, projectFor } from '../api/access';
import { type Call, page, param } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { type Columns, filterRows, sortRows } from '../api/query';
import { omitEmpty, sentTime, wireTime } from '../go-compat/wire';
import { cronProblem } from '../go-compat/cron';
import { badRequest, conflict, internalError, notFound } from '../errors';
import { removePreheatPolicy } from '../preheat/run';
import type { PreheatInstanceRow, PreheatPolicyRow, ProjectRow } from '../store/rows';
import type { Store } from '../store/store';

const PreheatPolicy = model('PreheatPolicy', {
  id: 'int64',
  name: 'string',
  description: 'string',
  project_id: 'int64',
  provider_id: 'int64',
  provider_name: 'string',
  filters: 'string',
  trigger: 'string',
  enabled: 'bool',
  extra_attrs: 'string',
  creation_time: 'string',
  update_time: 'string',
});

/** Executions are below it, in their own file. */
export const PATH = '/projects/:project/preheat/policies';

const NAME = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/;

const COLUMNS: Columns<PreheatPolicyRow> = {
  id: (row) => row.id,
  name: (row) => row.name,
  enabled: (row) => row.enabled,
  creation_time: (row) => row.creationTime,
  update_time: (row) => row.updateTime,
};

/**
 * Stands in for the policies in src/server/v2.0/handler/preheat.go. Filters and trigger are texts with JSON
 * inside, and are returned exactly as they were sent.
 *
 *     bad name            500
 *     unknown provider    404
 *     text without JSON   500
 *     bad schedule        400
 *     taken name          409 in a POST, 500 in a PUT
 */
export function register(api: Api): void {
  const { store, clock } = api.context;
  api.get(PATH, (call) => {
    const project = projectFor(store, call, 'preheat-policy', 'list');
    const rows = filterRows(store.preheatPolicies.findAll('project', project.id), call.query.get('q'), COLUMNS);
    return page(call, sortRows(rows, call.query.get('sort'), COLUMNS, 'update_time,-id'), (row) =>
      policyWire(store, row),
    );
  });
  api.post(
    PATH,
    (call) => {
      const project = projectFor(store, call, 'preheat-policy', 'create');
      const fields = fieldsOf(store, call.body);
      if (policiesNamed(store, project, fields.name).length > 0) throw conflict(`policy ${fields.name} already exists`);
      const now = clock.now();
      store.preheatPolicies.insert({ ...fields, projectId: project.id, creationTime: now, updateTime: now });
      return created(`${call.path}/${fields.name}`);
    },
    { body: ['policy', PreheatPolicy] },
  );
  api.get(`${PATH}/:policy`, (call) => {
    const project = projectFor(store, call, 'preheat-policy', 'read');
    return ok(policyWire(store, policyOf(store, call, project)));
  });
  api.put(`${PATH}/:policy`, (call) => updatePolicy(api.context, call), { body: ['policy', PreheatPolicy] });
  api.delete(`${PATH}/:policy`, (call) => {
    const project = projectFor(store, call, 'preheat-policy', 'delete');
    removePreheatPolicy(api.context, policyOf(store, call, project));
    return OK;
  });
  api.get('/projects/:project/preheat/providers', (call) => {
    namedProjectFor(store, call, 'preheat-policy', 'list');
    return ok(store.preheatInstances.all().map(providerWire));
  });
}

/** An unknown id is 404 before the fields are read, except 0, which is 404 after them. */
function updatePolicy({ store, clock }: Context, call: Call): typeof OK {
  const project = projectFor(store, call, 'preheat-policy', 'update');
  // The id in the body selects the policy, not the id in the path (docs/harbor-behavior.md 9.7).
  const id = Number(call.body['id'] ?? 0);
  const row = store.preheatPolicies.get(id);
  if (!row && id !== 0) throw notFound(`policy ${id} not found`);
  if (row && row.projectId !== project.id)
    throw notFound(`resource not found: project id ${project.id} does not match`);
  const fields = fieldsOf(store, call.body, () => {
    if (!row) throw notFound(`policy ${id} not found`);
  });
  const [holder] = policiesNamed(store, project, fields.name);
  if (holder && holder.id !== id) throw internalError(`the name ${fields.name} is taken`);
  // The times also come from the body; a missing one is the zero time.
  const creationTime = sentTime(call.body['creation_time']);
  store.preheatPolicies.update(id, { ...fields, creationTime, updateTime: clock.now() });
  return OK;
}

function providerWire({ id, vendor, name, endpoint, enabled, isDefault }: PreheatInstanceRow): object {
  return omitEmpty({ default: isDefault, enabled, id, provider: `${vendor} ${name}-${endpoint}` });
}

type Fields = Omit<PreheatPolicyRow, 'id' | 'projectId' | 'creationTime' | 'updateTime'>;

/** In Harbor's order: name, provider, what `before` requires, and the texts, which must be JSON. */
function fieldsOf(store: Store, body: JsonObject, before: () => void = () => undefined): Fields {
  const {
    name = '',
    description = '',
    filters = '',
    trigger = '',
    extra_attrs = '',
  } = body as Partial<Record<string, string>>;
  const providerId = Number(body['provider_id'] ?? 0);
  if (!NAME.test(name)) throw internalError(`name ${name} is invalid`);
  if (!store.preheatInstances.get(providerId)) throw notFound(`instance ${providerId} not found`);
  before();
  const parsed = json(filters);
  if (parsed !== null && !Array.isArray(parsed)) throw internalError('invalid filters');
  requireTrigger(json(trigger));
  if (extra_attrs !== '') json(extra_attrs);
  return {
    name,
    description,
    providerId,
    filters,
    trigger,
    extraAttrs: extra_attrs,
    enabled: body['enabled'] === true,
  };
}

/** 500 for text that is not JSON (docs/harbor-behavior.md 1.1). */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw internalError(`invalid JSON: ${text}`);
  }
}

/** @throws HarborError 400 for an invalid schedule; its type may be any text */
function requireTrigger(trigger: unknown): void {
  if (trigger !== null && (typeof trigger !== 'object' || Array.isArray(trigger))) throw internalError('no trigger');
  const { type, trigger_setting: setting } = (trigger ?? {}) as {
    type?: unknown;
    trigger_setting?: { cron?: unknown };
  };
  const cron = setting?.cron ?? '';
  if (typeof cron !== 'string') throw internalError('cron is no text');
  const problem = type === 'scheduled' && cron !== '' ? cronProblem(cron) : undefined;
  if (problem !== undefined) throw badRequest(`invalid cron string for scheduled preheat: ${cron}, error: ${problem}`);
}

function policiesNamed(store: Store, project: ProjectRow, name: string): PreheatPolicyRow[] {
  return store.preheatPolicies.findAll('project', project.id).filter((row) => row.name === name);
}

/** @throws HarborError 404 */
export function policyOf(store: Store, call: Call, project: ProjectRow): PreheatPolicyRow {
  const name = param(call, 'policy');
  const [row] = policiesNamed(store, project, name);
  if (!row) throw notFound(`policy ${name} not found`);
  return row;
}

/** `enabled` is there also when it is false. */
function policyWire(store: Store, row: PreheatPolicyRow): object {
  return {
    ...omitEmpty({
      creation_time: wireTime(row.creationTime),
      description: row.description,
      extra_attrs: row.extraAttrs,
      filters: row.filters,
      id: row.id,
      name: row.name,
      project_id: row.projectId,
      provider_id: row.providerId,
      provider_name: store.preheatInstances.get(row.providerId)?.name,
      trigger: row.trigger,
      update_time: wireTime(row.updateTime),
    }),
    enabled: row.enabled,
  };
}
