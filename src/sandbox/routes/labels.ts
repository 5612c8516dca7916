import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireInProject, requireSystem } from '../api/access';
import { type Call, idParam, page } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { type Columns, contains, filterRows, sortRows } from '../api/query';
import { labelWire } from '../artifacts/label-wire';
import { badRequest, conflict, internalError, notFound } from '../errors';
import type { LabelRow } from '../store/rows';
import type { Store } from '../store/store';

const Label = model('Label', {
  id: 'int64',
  name: 'string',
  description: 'string',
  color: 'string',
  scope: 'string',
  project_id: 'int64',
});

const MAX_NAME = 128;
const MAX_COLOR = 16;

const COLUMNS: Columns<LabelRow> = {
  id: (row) => row.id,
  name: (row) => row.name,
  description: (row) => row.description,
  color: (row) => row.color,
  creation_time: (row) => row.creationTime,
  update_time: (row) => row.updateTime,
};

/**
 * Stands in for src/server/v2.0/handler/label.go. A project label needs the permission in its project, a global
 * one in the system. A label keeps its scope and its project on update.
 *
 *                  name missing or empty     over 128 characters     taken in its scope
 *     POST         accepted                  500                     409
 *     PUT          400                       400                     409
 */
export function register(api: Api): void {
  const { store, clock } = api.context;
  api.get('/labels', (call) => listLabels(store, call), { query: { project_id: 'int64' } });
  api.get('/labels/:label_id', (call) => ok(labelWire(labelFor(store, call, 'read'))));
  api.post(
    '/labels',
    (call) => {
      const { scope, projectId } = scopeOf(call.body);
      requireScope(store, call, scope, projectId, 'create');
      const fields = fieldsOf(call.body);
      refuseDuplicate(store, { name: fields.name, scope, projectId });
      const now = clock.now();
      const label = store.labels.insert({ ...fields, scope, projectId, creationTime: now, updateTime: now });
      return created(`${call.path}/${label.id}`);
    },
    { body: ['label', Label] },
  );
  api.put(
    '/labels/:label_id',
    (call) => {
      const label = labelFor(store, call, 'update');
      const sent = (call.body['name'] as string | undefined) ?? '';
      if (sent === '') throw badRequest('cannot be empty');
      if (sent.length > MAX_NAME) throw badRequest(`max length is ${MAX_NAME}`);
      const fields = fieldsOf(call.body);
      if (fields.name !== label.name) refuseDuplicate(store, { ...label, name: fields.name });
      store.labels.update(label.id, { ...fields, updateTime: clock.now() });
      return OK;
    },
    { body: ['label', Label] },
  );
  api.delete('/labels/:label_id', (call) => {
    store.labels.remove(labelFor(store, call, 'delete').id);
    return OK;
  });
}

/** `scope` is required, and a project's labels need its id: without them 400, and not an empty list. */
function listLabels(store: Store, call: Call): ReturnType<typeof page> {
  const scope = call.query.get('scope') ?? '';
  if (scope !== 'g' && scope !== 'p') throw badRequest(`invalid scope: ${scope}`);
  const projectId = scope === 'g' ? 0 : Number(call.query.get('project_id'));
  if (scope === 'p') {
    if (projectId === 0) throw badRequest('must with project ID when to query project labels');
    requireInProject(store, call.caller, store.projects.get(projectId), 'label', 'list');
  }
  const rows = store.labels
    .findAll('project', projectId)
    .filter((row) => row.scope === scope && contains(row.name, call.query.get('name')));
  const matching = filterRows(rows, call.query.get('q'), COLUMNS);
  return page(call, sortRows(matching, call.query.get('sort'), COLUMNS), labelWire);
}

/** The permission depends on the label, so an unknown one is 404 before 403. */
function labelFor(store: Store, call: Call, action: string): LabelRow {
  const id = idParam(call, 'label_id');
  const label = store.labels.get(id);
  if (!label) throw notFound(`label ${id} not found`);
  requireScope(store, call, label.scope, label.projectId, action);
  return label;
}

function scopeOf(body: JsonObject): { scope: 'g' | 'p'; projectId: number } {
  const scope = body['scope'];
  if (scope !== 'g' && scope !== 'p') throw badRequest('unsupported label scope');
  return { scope, projectId: scope === 'g' ? 0 : Number(body['project_id'] ?? 0) };
}

/** Labels of all projects belong to the system, the others to their project. */
function requireScope(store: Store, call: Call, scope: 'g' | 'p', projectId: number, action: string): void {
  if (scope === 'g') requireSystem(call.caller, 'label', action);
  else requireInProject(store, call.caller, store.projects.get(projectId), 'label', action);
}

/** Absent fields are empty, also in an update. */
function fieldsOf(body: JsonObject): Pick<LabelRow, 'name' | 'description' | 'color'> {
  const { name = '', description = '', color = '' } = body as Partial<Record<string, string>>;
  // Longer ones do not fit into the columns, and Harbor checks them only on update.
  if (color.length > MAX_COLOR || name.length > MAX_NAME) throw internalError('value too long for type');
  return { name, description, color };
}

/** A global label and a label of a project may have one name. */
function refuseDuplicate(store: Store, label: Pick<LabelRow, 'name' | 'scope' | 'projectId'>): void {
  const taken = store.labels
    .findAll('project', label.projectId)
    .some((row) => row.name === label.name && row.scope === label.scope);
  if (taken) throw conflict(`label ${label.name} already exists`);
}
