import { ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';
import { type Call, idParam, page } from '../api/call';
import { model } from '../api/model';
import { type Columns, sortRows } from '../api/query';
import { omitEmpty, wireTime } from '../go-compat/wire';
import { badRequest, notFound } from '../errors';
import type { QuotaRow } from '../store/rows';
import { storageLimitProblem } from '../projects/storage-limit';
import type { Store } from '../store/store';

const QuotaUpdateReq = model('QuotaUpdateReq', { hard: { map: 'int64' } });

const COLUMNS: Columns<QuotaRow> = {
  id: (row) => row.id,
  creation_time: (row) => row.creationTime,
  update_time: (row) => row.updateTime,
  'hard.storage': (row) => row.hardBytes,
  'used.storage': (row) => row.usedBytes,
};

/**
 * Stands in for src/server/v2.0/handler/quota.go. A limit below what is used is accepted: then nothing more can
 * be stored.
 */
export function register(api: Api): void {
  const { store, clock } = api.context;
  api.get('/quotas', (call) => {
    requireSystem(call.caller, 'quota', 'list');
    return listQuotas(store, call);
  });
  api.get('/quotas/:id', (call) => {
    requireSystem(call.caller, 'quota', 'read');
    // Only the list reads the update time from the database.
    return ok(quotaWire(store, { ...quotaOf(store, call), updateTime: 0 }));
  });
  api.put(
    '/quotas/:id',
    (call) => {
      requireSystem(call.caller, 'quota', 'update');
      const hard = (call.body['hard'] ?? {}) as Record<string, number>;
      if (Object.keys(hard).length === 0) throw badRequest('hard required in body');
      const quota = quotaOf(store, call);
      store.quotas.update(quota.id, { hardBytes: storageOf(hard), updateTime: clock.now() });
      return OK;
    },
    { body: ['hard', QuotaUpdateReq] },
  );
}

/** Newest first by default; the order shifts when a project is created between two pages (docs/harbor-behavior.md 1.7). */
function listQuotas(store: Store, call: Call): ReturnType<typeof page> {
  const reference = call.query.get('reference');
  const projectId = call.query.get('reference_id');
  const candidates = projectId ? store.quotas.findAll('project', Number(projectId)) : store.quotas.all();
  const rows = reference && reference !== 'project' ? [] : candidates;
  const sort = call.query.get('sort') ?? '-creation_time';
  const ordered = sort === '-creation_time' ? rows.reverse() : sortRows(rows, sort, COLUMNS);
  return page(call, ordered, (row) => quotaWire(store, row));
}

/** @throws HarborError 404 */
function quotaOf(store: Store, call: Call): QuotaRow {
  const id = idParam(call, 'id');
  const quota = store.quotas.get(id);
  if (!quota) throw notFound(`quota ${id} not found`);
  return quota;
}

/** Any other resource than `storage` is refused, also beside it. */
function storageOf(hard: Readonly<Record<string, number>>): number {
  for (const [resource, value] of Object.entries(hard)) {
    if (resource !== 'storage') throw badRequest(`resource ${resource} not support`);
    const problem = storageLimitProblem(value);
    if (problem !== undefined) throw badRequest(problem);
  }
  return hard['storage']!;
}

function quotaWire(store: Store, row: QuotaRow): object {
  const project = store.projects.get(row.projectId);
  return {
    ...omitEmpty({ creation_time: wireTime(row.creationTime), id: row.id, update_time: wireTime(row.updateTime) }),
    hard: { storage: row.hardBytes },
    // Harbor loads the project without its owner here.
    ref: { id: row.projectId, name: project?.name ?? '', owner_name: '' },
    used: { storage: row.usedBytes },
  };
}
