import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { projectFor } from '../api/access';
import { type Call, page, param } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { type Columns, filterRows, sortRows } from '../api/query';
import { omitEmpty, wireTime } from '../api/wire';
import { badRequest, conflict, notFound } from '../errors';
import type { PreheatPolicyRow, ProjectRow } from '../rows';
import type { Store } from '../store';

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
});

const PATH = '/projects/:project/preheat/policies';

const COLUMNS: Columns<PreheatPolicyRow> = {
  id: (row) => row.id,
  name: (row) => row.name,
  enabled: (row) => row.enabled,
  creation_time: (row) => row.creationTime,
};

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
      if (policiesNamed(store, project, fields.name).length > 0) throw conflict(`preheat policy ${fields.name} exists`);
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
  api.put(
    `${PATH}/:policy`,
    (call) => {
      projectFor(store, call, 'preheat-policy', 'update');
      // The one of the body is changed, whatever the path says (harbor.md 2.18).
      const row = store.preheatPolicies.get(Number(call.body['id'] ?? 0));
      if (!row) throw notFound(`preheat policy ${param(call, 'policy')} not found`);
      store.preheatPolicies.update(row.id, { ...fieldsOf(store, call.body), updateTime: clock.now() });
      return OK;
    },
    { body: ['policy', PreheatPolicy] },
  );
  api.delete(`${PATH}/:policy`, (call) => {
    const project = projectFor(store, call, 'preheat-policy', 'delete');
    store.preheatPolicies.remove(policyOf(store, call, project).id);
    return OK;
  });
}

type Fields = Omit<PreheatPolicyRow, 'id' | 'projectId' | 'creationTime' | 'updateTime'>;

function fieldsOf(store: Store, body: JsonObject): Fields {
  const {
    name = '',
    description = '',
    filters = '',
    trigger = '',
    extra_attrs = '',
  } = body as Partial<Record<string, string>>;
  const providerId = Number(body['provider_id'] ?? 0);
  if (!Array.isArray(json(filters))) throw badRequest('invalid filters');
  if (trigger !== '') json(trigger);
  if (!store.preheatInstances.get(providerId)) throw notFound(`provider ${providerId} not found`);
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

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`invalid JSON: ${text}`);
  }
}

function policiesNamed(store: Store, project: ProjectRow, name: string): PreheatPolicyRow[] {
  return store.preheatPolicies.findAll('project', project.id).filter((row) => row.name === name);
}

function policyOf(store: Store, call: Call, project: ProjectRow): PreheatPolicyRow {
  const name = param(call, 'policy');
  const [row] = policiesNamed(store, project, name);
  if (!row) throw notFound(`preheat policy ${name} not found`);
  return row;
}

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
