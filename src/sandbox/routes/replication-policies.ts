import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';
import { type Call, idParam, page } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { type Columns, contains, filterRows, sortRows } from '../api/query';
import { omitEmpty, wireTime } from '../go-compat/wire';
import type { Context } from '../context';
import { badRequest, conflict, internalError, notFound } from '../errors';
import { replicationProblem } from '../replication/rules';
import type { ReplicationFilter, ReplicationPolicyRow, ReplicationTrigger } from '../store/rows';
import type { Store } from '../store/store';
import { localRegistryWire, registryOf, registryWire } from '../registries/wire';

/** Only the id of a registry counts; its other fields are dropped. */
const RegistryId = model('Registry', { id: 'int64' });

const ReplicationPolicy = model('ReplicationPolicy', {
  id: 'int64',
  name: 'string',
  description: 'string',
  src_registry: RegistryId,
  dest_registry: RegistryId,
  dest_namespace: 'string',
  dest_namespace_replace_count: 'int64',
  trigger: model('ReplicationTrigger', {
    type: 'string',
    trigger_settings: model('ReplicationTriggerSettings', { cron: 'string' }),
  }),
  filters: { list: model('ReplicationFilter', { type: 'string', value: 'any', decoration: 'string' }) },
  replicate_deletion: 'bool',
  deletion: 'bool',
  override: 'bool',
  enabled: 'bool',
  speed: 'int64',
  copy_by_chunk: 'bool',
  single_active_replication: 'bool',
});

const COLUMNS: Columns<ReplicationPolicyRow> = {
  id: (row) => row.id,
  name: (row) => row.name,
  description: (row) => row.description,
  enabled: (row) => row.enabled,
  src_registry_id: (row) => row.srcRegistryId,
  dest_registry_id: (row) => row.destRegistryId,
  creation_time: (row) => row.creationTime,
  update_time: (row) => row.updateTime,
};

/**
 * Stands in for the policies in src/server/v2.0/handler/replication.go. `deletion` and `replicate_deletion` are
 * the same flag under two names: only the first is read, both are returned.
 *
 *     single_active with event_based     500
 *     the policy itself                  400
 *     a registry that does not exist     404
 *     a taken name                       409
 *
 * In this order. A DELETE takes the executions with it.
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  const body = { body: ['policy', ReplicationPolicy] } as const;
  api.get('/replication/policies', (call) => {
    requireSystem(call.caller, 'replication-policy', 'list');
    const named = store.replicationPolicies.all().filter((row) => contains(row.name, call.query.get('name')));
    const rows = filterRows(named, call.query.get('q'), COLUMNS);
    const sort = call.query.get('sort') ?? '-creation_time,-id';
    return page(call, sortRows(rows, sort, COLUMNS), (row) => policyWire(context, row));
  });
  api.post('/replication/policies', (call) => createPolicy(context, call), body);
  api.get('/replication/policies/:id', (call) => {
    requireSystem(call.caller, 'replication-policy', 'read');
    return ok(policyWire(context, policyOf(store, idParam(call, 'id'))));
  });
  api.put('/replication/policies/:id', (call) => updatePolicy(context, call), body);
  api.delete('/replication/policies/:id', (call) => {
    requireSystem(call.caller, 'replication-policy', 'delete');
    const { id } = policyOf(store, idParam(call, 'id'));
    for (const execution of store.replicationExecutions.findAll('policy', id)) {
      for (const task of store.replicationTasks.findAll('execution', execution.id))
        store.replicationTasks.remove(task.id);
      store.replicationExecutions.remove(execution.id);
    }
    store.replicationPolicies.remove(id);
    return OK;
  });
}

/** The name is checked last: a wrong policy with a taken name is 400. */
function createPolicy(context: Context, call: Call): ReturnType<typeof created> {
  const { store, clock } = context;
  requireSystem(call.caller, 'replication-policy', 'create');
  const policy = acceptPolicy(context, call.body);
  requireFreeName(store, policy.name);
  const now = clock.now();
  const row = store.replicationPolicies.insert({ ...policy, creationTime: now, updateTime: now });
  return created(`${call.path}/${row.id}`);
}

/** Replaces the whole policy: a missing field becomes empty, false or none. The id comes from the path. */
function updatePolicy(context: Context, call: Call): typeof OK {
  const { store, clock } = context;
  requireSystem(call.caller, 'replication-policy', 'update');
  const policy = acceptPolicy(context, call.body);
  const { id, creationTime } = policyOf(store, idParam(call, 'id'));
  requireFreeName(store, policy.name, id);
  store.replicationPolicies.update(id, { ...policy, creationTime, updateTime: clock.now() });
  return OK;
}

type Policy = Omit<ReplicationPolicyRow, 'id' | 'creationTime' | 'updateTime'>;

/** @throws HarborError in Harbor's order: the trigger against single_active, the policy itself, its registries */
function acceptPolicy({ store, features }: Context, body: JsonObject): Policy {
  const policy = policyFrom(features.singleActiveReplication ? body : { ...body, single_active_replication: false });
  if (policy.singleActive && policy.trigger?.type === 'event_based')
    throw internalError('single active replication is not allowed for event_based triggers');
  const problem = replicationProblem(policy);
  if (problem !== undefined) throw badRequest(problem);
  for (const id of [policy.srcRegistryId, policy.destRegistryId]) if (id !== 0) registryOf(store, id);
  return policy;
}

/**
 * Absent fields get Harbor's defaults, also in an update: PUT replaces the whole policy. A negative speed is no
 * limit.
 */
function policyFrom(body: JsonObject): Policy {
  const { name = '', description = '', dest_namespace = '' } = body as Partial<Record<string, string>>;
  const { dest_namespace_replace_count = -1, speed = 0 } = body as Partial<Record<string, number>>;
  const trigger = body['trigger'] as ReplicationTrigger | undefined;
  return {
    name,
    description,
    srcRegistryId: idIn(body['src_registry']),
    destRegistryId: idIn(body['dest_registry']),
    destNamespace: dest_namespace,
    destNamespaceReplaceCount: dest_namespace_replace_count,
    filters: (body['filters'] as readonly ReplicationFilter[] | undefined) ?? [],
    ...(trigger === undefined ? {} : { trigger }),
    deletion: body['deletion'] === true,
    override: body['override'] === true,
    enabled: body['enabled'] === true,
    speed: Math.max(0, speed),
    copyByChunk: body['copy_by_chunk'] === true,
    singleActive: body['single_active_replication'] === true,
  };
}

function idIn(registry: unknown): number {
  return (registry as { readonly id?: number } | undefined)?.id ?? 0;
}

/** In the whole Harbor: replications belong to no project. */
function requireFreeName(store: Store, name: string, ownId?: number): void {
  const holder = store.replicationPolicies.find('name', name);
  if (holder && holder.id !== ownId) throw conflict(`replication policy ${name} already exists`);
}

/** @throws HarborError 404 */
export function policyOf(store: Store, id: number): ReplicationPolicyRow {
  const row = store.replicationPolicies.get(id);
  if (!row) throw notFound(`replication policy ${id} not found`);
  return row;
}

/** `deletion` has two names in answers. */
function policyWire(context: Context, row: ReplicationPolicyRow): object {
  return {
    ...omitEmpty({
      description: row.description,
      dest_namespace: row.destNamespace,
      id: row.id,
      name: row.name,
      deletion: row.deletion,
      replicate_deletion: row.deletion,
      override: row.override,
      enabled: row.enabled,
      trigger: row.trigger,
    }),
    copy_by_chunk: row.copyByChunk,
    creation_time: wireTime(row.creationTime),
    dest_namespace_replace_count: row.destNamespaceReplaceCount,
    dest_registry: sideWire(context, row.destRegistryId),
    filters: row.filters.length === 0 ? null : row.filters.map((filter) => omitEmpty({ ...filter })),
    ...(context.features.singleActiveReplication ? { single_active_replication: row.singleActive } : {}),
    speed: row.speed,
    src_registry: sideWire(context, row.srcRegistryId),
    update_time: wireTime(row.updateTime),
  };
}

/** Harbor's own side is shown with the masked secret that its services share. */
function sideWire(context: Context, registryId: number): object {
  if (registryId !== 0) return registryWire(registryOf(context.store, registryId));
  return { ...localRegistryWire(context), credential: { access_secret: '*****', type: 'secret' } };
}
