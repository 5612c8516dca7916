import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';
import { type Call, page, param } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { type Columns, filterRows, sortRows } from '../api/query';
import { omitEmpty } from '../go-compat/wire';
import { badRequest, conflict, HarborError, internalError, notFound } from '../errors';
import { requireHealthy } from '../preheat/driver';
import type { PreheatInstanceRow } from '../store/rows';
import type { Store } from '../store/store';

const Instance = model('Instance', {
  id: 'int64',
  name: 'string',
  description: 'string',
  vendor: 'string',
  endpoint: 'string',
  auth_mode: 'string',
  auth_info: { map: 'string' },
  enabled: 'bool',
  default: 'bool',
  insecure: 'bool',
  setup_timestamp: 'int64',
});

const PATH = '/p2p/preheat/instances';
const NAME = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/;
/** The default: the provider is asked without a credential. */
const NO_AUTH = 'NONE';

/** Harbor's two drivers, as they describe themselves. */
const PROVIDERS = [
  {
    icon: 'https://raw.githubusercontent.com/dragonflyoss/Dragonfly2/master/docs/images/logo/dragonfly-linear.png',
    id: 'dragonfly',
    maintainers: ['chlins.zhang@gmail.com', 'gaius.qi@gmail.com'],
    name: 'Dragonfly',
    source: 'https://github.com/dragonflyoss/Dragonfly2',
    version: '2.1.59',
  },
  {
    icon: 'https://github.com/uber/kraken/blob/master/assets/kraken-logo-color.svg',
    id: 'kraken',
    maintainers: ['mmpei/peimingming@corp.netease.com'],
    name: 'Kraken',
    source: 'https://github.com/uber/kraken',
    version: '0.1.3',
  },
];

const COLUMNS: Columns<PreheatInstanceRow> = {
  id: (row) => row.id,
  name: (row) => row.name,
  endpoint: (row) => row.endpoint,
  enabled: (row) => row.enabled,
};

/**
 * Stands in for the instances in src/server/v2.0/handler/preheat.go. The provider is not contacted on creation,
 * only by a ping and by a run.
 *
 *     unknown vendor, bad name, taken endpoint     500
 *     taken name                                   409
 *     used by a policy: DELETE, or disabling it    412
 *     another vendor in a PUT                      500
 *     a provider that does not answer a ping       500
 */
export function register(api: Api): void {
  const { store, clock } = api.context;
  api.get('/p2p/preheat/providers', (call) => {
    requireSystem(call.caller, 'preheat-instance', 'list');
    return ok(PROVIDERS);
  });
  api.get(PATH, (call) => {
    requireSystem(call.caller, 'preheat-instance', 'list');
    const rows = filterRows(store.preheatInstances.all(), call.query.get('q'), COLUMNS);
    return page(call, sortRows(rows, call.query.get('sort'), COLUMNS), instanceWire);
  });
  api.post(`${PATH}/ping`, (call) => ping(store, call), { body: ['instance', Instance] });
  api.get(`${PATH}/:instance`, (call) => {
    requireSystem(call.caller, 'preheat-instance', 'read');
    return ok(instanceWire(instanceOf(store, call)));
  });
  api.post(
    PATH,
    (call) => {
      requireSystem(call.caller, 'preheat-instance', 'create');
      const fields = fieldsOf(call.body);
      if (store.preheatInstances.find('name', fields.name)) throw conflict(`instance ${fields.name} already exists`);
      refuseEndpoint(store, fields.endpoint, 0);
      const setupTime = Math.floor(clock.now() / 1000);
      store.preheatInstances.insert({ ...fields, setupTime });
      return created(`${call.path}/${fields.name}`);
    },
    { body: ['instance', Instance] },
  );
  api.put(`${PATH}/:instance`, (call) => updateInstance(store, call), { body: ['instance', Instance] });
  api.delete(`${PATH}/:instance`, (call) => {
    requireSystem(call.caller, 'preheat-instance', 'delete');
    const row = instanceOf(store, call);
    refuseUsed(store, row, 'deleted');
    store.preheatInstances.remove(row.id);
    return OK;
  });
}

/** An empty `auth_info` keeps the stored one, except with the mode NONE. */
function updateInstance(store: Store, call: Call): typeof OK {
  requireSystem(call.caller, 'preheat-instance', 'update');
  // The id in the body selects the instance, not the id in the path (docs/harbor-behavior.md 9.7).
  const named = instanceOf(store, call);
  const fields = fieldsOf(call.body);
  const id = Number(call.body['id'] ?? 0);
  const row = store.preheatInstances.get(id);
  if (!row) throw notFound(`instance ${id} not found`);
  if (!fields.enabled) refuseUsed(store, row, 'disabled');
  if (fields.vendor !== row.vendor) throw internalError(`provider [${row.name}] vendor cannot be changed`);
  refuseEndpoint(store, fields.endpoint, row.id);
  const keeps = Object.keys(fields.authInfo).length === 0 && fields.authMode !== NO_AUTH;
  store.preheatInstances.update(id, { ...fields, ...(keeps ? { authInfo: named.authInfo } : {}) });
  return OK;
}

/** A stored instance by its id, or the one in the body. Every error is a plain Go error. */
async function ping(store: Store, call: Call): Promise<typeof OK> {
  requireSystem(call.caller, 'preheat-instance', 'read');
  const id = Number(call.body['id'] ?? 0);
  const stored = id > 0 ? store.preheatInstances.get(id) : undefined;
  if (id > 0 && !stored) throw notFound(`instance ${id} not found`);
  if (!stored && !call.body['endpoint']) throw badRequest('no endpoint of the instance');
  try {
    await requireHealthy(stored ?? fieldsOf(call.body));
  } catch (error) {
    throw internalError(String(error));
  }
  return OK;
}

/** 500 for every mistake (docs/harbor-behavior.md 1.1). A missing `enabled` disables the instance. */
function fieldsOf(body: JsonObject): Omit<PreheatInstanceRow, 'id' | 'setupTime'> {
  const {
    name = '',
    description = '',
    vendor = '',
    endpoint = '',
    auth_mode = NO_AUTH,
  } = body as Partial<Record<string, string>>;
  // All of them are plain Go errors.
  if (!PROVIDERS.some(({ id }) => id === vendor)) throw internalError(`vendor ${vendor} not found`);
  if (!NAME.test(name)) throw internalError(`invalid name ${name}`);
  return {
    name,
    description,
    vendor,
    endpoint,
    authMode: auth_mode,
    authInfo: (body['auth_info'] ?? {}) as Record<string, string>,
    enabled: body['enabled'] === true,
    isDefault: body['default'] === true,
    insecure: body['insecure'] === true,
  };
}

/** @throws HarborError 412 while a preheat policy uses it */
function refuseUsed(store: Store, { id, name }: PreheatInstanceRow, what: 'disabled' | 'deleted'): void {
  if (store.preheatPolicies.all().some(({ providerId }) => providerId === id))
    throw new HarborError('PRECONDITION', `Provider [${name}] cannot be ${what} as some preheat policies are using it`);
}

/** 500 and not 409, as in Harbor. */
function refuseEndpoint(store: Store, endpoint: string, except: number): void {
  if (store.preheatInstances.all().some((row) => row.endpoint === endpoint && row.id !== except))
    throw internalError(`endpoint ${endpoint} already exists`);
}

/** By name: instances have no id in paths. */
function instanceOf(store: Store, call: Call): PreheatInstanceRow {
  const name = param(call, 'instance');
  const row = store.preheatInstances.find('name', name);
  if (!row) throw notFound(`instance ${name} not found`);
  return row;
}

/** The credentials of an instance are never returned, and its status is never known. */
function instanceWire(row: PreheatInstanceRow): object {
  return {
    ...omitEmpty({
      auth_mode: row.authMode,
      description: row.description,
      endpoint: row.endpoint,
      id: row.id,
      name: row.name,
      setup_timestamp: row.setupTime,
      vendor: row.vendor,
    }),
    default: row.isDefault,
    enabled: row.enabled,
    insecure: row.insecure,
    status: 'Unknown',
  };
}
