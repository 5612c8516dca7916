import { hasAdapter } from '../registries/adapter-catalog';
import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';
import { type Call, idParam, page } from '../api/call';
import { type JsonObject, type Model, model } from '../api/model';
import { type Columns, contains, filterRows, sortRows } from '../api/query';
import { omitEmpty } from '../go-compat/wire';
import type { Context } from '../context';
import { badRequest, conflict, HarborError, internalError } from '../errors';
import type { Features } from '../versions';
import { panicsWithoutAccount } from '../registry/adapter-rules';
import { acceptCertificate, acceptUrl } from '../registries/input';
import type { RegistryTarget } from '../registry/proxy-upstream';
import { healthOf, watchRegistry } from '../registries/health';
import { localRegistryWire, registryOf, registryWire } from '../registries/wire';
import type { RegistryCredential, RegistryRow } from '../store/rows';
import type { Store } from '../store/store';

const RegistryCredentialModel = model('RegistryCredential', {
  type: 'string',
  access_key: 'string',
  access_secret: 'string',
});

const Registry = model('Registry', {
  id: 'int64',
  url: 'string',
  name: 'string',
  credential: RegistryCredentialModel,
  type: 'string',
  insecure: 'bool',
  ca_certificate: 'string',
  description: 'string',
  status: 'string',
});

const FLAT_CREDENTIAL = { credential_type: 'string', access_key: 'string', access_secret: 'string' } as const;

const RegistryUpdate = model('RegistryUpdate', {
  ...FLAT_CREDENTIAL,
  name: 'string',
  description: 'string',
  url: 'string',
  insecure: 'bool',
  ca_certificate: 'string',
});

const RegistryPing = model('RegistryPing', {
  ...FLAT_CREDENTIAL,
  id: 'int64',
  type: 'string',
  url: 'string',
  insecure: 'bool',
  ca_certificate: 'string',
});

const MAX_NAME_LENGTH = 64;

const COLUMNS: Columns<RegistryRow> = {
  id: (row) => row.id,
  name: (row) => row.name,
  description: (row) => row.description,
  type: (row) => row.type,
  url: (row) => row.url,
  status: (row) => row.status,
  creation_time: (row) => row.creationTime,
  update_time: (row) => row.updateTime,
};

/**
 * Stands in for src/server/v2.0/handler/registry.go. Creating, updating and pinging contact the upstream before
 * anything is stored, so these requests take as long as it does (docs/harbor-behavior.md 4.2).
 *
 *     POST                 asks the upstream, then stores
 *     PUT                  asks the upstream with the merged values, then stores
 *     POST …/ping          asks only
 *     GET /registries/0    Harbor itself, which is in no list
 *
 * A taken name is found only after the upstream has answered.
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  const known = (body: Model): Model => withoutLaterFields(body, context.features);
  api.get('/registries', (call) => {
    requireSystem(call.caller, 'registry', 'list');
    return listRegistries(store, call);
  });
  api.post('/registries', (call) => createRegistry(context, call), { body: ['registry', known(Registry)] });
  api.post('/registries/ping', (call) => pingRegistry(context, call), { body: ['registry', known(RegistryPing)] });
  api.get('/registries/:id', (call) => {
    requireSystem(call.caller, 'registry', 'read');
    const id = idParam(call, 'id');
    return ok(id === 0 ? localRegistryWire(context) : registryWire(registryOf(store, id)));
  });
  api.put('/registries/:id', (call) => updateRegistry(context, call), { body: ['registry', known(RegistryUpdate)] });
  api.delete('/registries/:id', (call) => deleteRegistry(store, call));
  api.get('/registries/:id/info', (call) => {
    requireSystem(call.caller, 'registry', 'read');
    return ok(registryInfo(registryOf(store, idParam(call, 'id'))));
  });
}

/** Older versions do not have the key `ca_certificate`. */
function withoutLaterFields(body: Model, { registryCertificate }: Features): Model {
  if (registryCertificate) return body;
  const { ca_certificate: _later, ...fields } = body.fields;
  return { ...body, fields };
}

function listRegistries(store: Store, call: Call): ReturnType<typeof page> {
  const named = store.registries.all().filter((row) => contains(row.name, call.query.get('name')));
  const rows = sortRows(filterRows(named, call.query.get('q'), COLUMNS), call.query.get('sort'), COLUMNS);
  return page(call, rows, registryWire);
}

/** The endpoint is contacted before the name is checked: a duplicate costs a request to the upstream. */
async function createRegistry(context: Context, call: Call): Promise<ReturnType<typeof created>> {
  const { store, clock } = context;
  requireSystem(call.caller, 'registry', 'create');
  const { name = '', description = '', type = '', url = '' } = call.body as Partial<Record<string, string>>;
  const caCertificate = acceptCertificate(call.body['ca_certificate']);
  const draft = {
    name,
    description,
    type,
    url,
    insecure: call.body['insecure'] === true,
    caCertificate,
    credential: nestedCredential(call.body['credential'] as JsonObject | undefined),
  };
  if (draft.credential === null && panicsWithoutAccount(type)) throw internalError('nil pointer dereference');
  const accepted = await acceptRegistry(context, draft);
  if (store.registries.find('name', name)) throw conflict(`registry ${name} already exists`);
  const now = clock.now();
  const row = store.registries.insert({ ...accepted, status: 'healthy', creationTime: now, updateTime: now });
  watchRegistry(context, row.id);
  return created(`${call.path}/${row.id}`);
}

/** Newer releases drop the stored secret when the URL moves to another host. */
async function updateRegistry(context: Context, call: Call): Promise<typeof OK> {
  const { store, clock, features } = context;
  requireSystem(call.caller, 'registry', 'update');
  const old = registryOf(store, idParam(call, 'id'));
  const base = features.urlChangeDropsSecret ? withoutSecretForElsewhere(old, call.body) : old;
  const changed = await acceptRegistry(context, { ...old, ...overlay(base, call.body) });
  const holder = store.registries.find('name', changed.name);
  if (holder && holder.id !== old.id) throw conflict(`registry ${changed.name} already exists`);
  store.registries.update(old.id, { ...changed, status: 'healthy', updateTime: clock.now() });
  return OK;
}

/** A new URL must not get the secret of the old one. */
function withoutSecretForElsewhere(old: RegistryRow, { url }: JsonObject): RegistryRow {
  const isElsewhere = typeof url === 'string' && acceptUrl(url) !== old.url;
  return isElsewhere && old.credential ? { ...old, credential: { ...old.credential, accessSecret: '' } } : old;
}

/**
 * With an id the stored record is used, and what is sent beside it replaces it (docs/harbor-behavior.md 4.7).
 * Newer releases keep the stored URL and its certificate.
 */
async function pingRegistry(context: Context, call: Call): Promise<typeof OK> {
  const { store, features } = context;
  requireSystem(call.caller, 'registry', 'read');
  const id = call.body['id'] as number | undefined;
  const base = id === undefined ? NOTHING : registryOf(store, id);
  const { url: _url, insecure: _insecure, ca_certificate: _certificate, ...credential } = call.body;
  const body = id !== undefined && features.pingKeepsStoredUrl ? credential : call.body;
  const target = { ...base, ...overlay(base, body), type: (body['type'] as string) ?? base.type };
  if (body['url'] !== undefined) target.url = acceptUrl(target.url);
  if (target.type === '' || target.url === '') throw badRequest('type or url cannot be empty');
  await requireHealthy(context, target);
  return OK;
}

/** 412 while it is used (docs/harbor-behavior.md 4.8); replication policies are looked at first. */
function deleteRegistry(store: Store, call: Call): typeof OK {
  requireSystem(call.caller, 'registry', 'delete');
  const id = idParam(call, 'id');
  if (store.replicationPolicies.count('registry', id) > 0)
    throw new HarborError('PRECONDITION', `the registry ${id} is referenced by replication policies, cannot delete it`);
  if (store.projects.count('registry', id) > 0)
    throw new HarborError('PRECONDITION', `the registry ${id} is referenced by proxy cache project, cannot delete it`);
  store.registries.remove(registryOf(store, id).id);
  return OK;
}

type Draft = RegistryTarget & Pick<RegistryRow, 'name' | 'description'>;

/** For a ping without an id: everything comes from the request. */
const NOTHING: RegistryTarget = { type: '', url: '', insecure: false, caCertificate: '', credential: null };

/** In Harbor's order: the name, the URL, then a request to the upstream (src/controller/registry/controller.go). */
async function acceptRegistry<T extends Draft>(context: Context, draft: T): Promise<T> {
  if (draft.name === '') throw badRequest('name cannot be empty');
  if (draft.name.length > MAX_NAME_LENGTH) throw badRequest(`the max length of name is ${MAX_NAME_LENGTH}`);
  const registry = { ...draft, url: acceptUrl(draft.url) };
  await requireHealthy(context, registry);
  return { ...registry, credential: storedCredential(registry.credential) };
}

/** Harbor asks the registry before it stores it: one that cannot be reached cannot be created. */
async function requireHealthy(context: Context, target: RegistryTarget): Promise<void> {
  if (!hasAdapter(target.type)) throw internalError(`adapter factory for ${target.type} not found`);
  if ((await healthOf(context, target)) !== 'healthy') throw badRequest('the registry is unhealthy');
}

/**
 * The fields of a flat update or ping, merged over the stored ones. An absent field keeps the stored value, an empty
 * text replaces it: `access_secret: ''` removes the secret.
 */
function overlay(base: RegistryTarget, body: JsonObject): Partial<Draft> & { credential: RegistryCredential | null } {
  const sent = Object.fromEntries(['name', 'description', 'url', 'insecure'].flatMap((key) => entryOf(body, key)));
  const certificate = body['ca_certificate'];
  return {
    ...(sent as Partial<Draft>),
    ...(certificate === undefined ? {} : { caCertificate: acceptCertificate(certificate) }),
    credential: overlayCredential(base.credential, body),
  };
}

function entryOf(body: JsonObject, key: string): [string, unknown][] {
  return body[key] === undefined ? [] : [[key, body[key]]];
}

/** null if neither the record nor the request has a credential. */
function overlayCredential(base: RegistryCredential | null, body: JsonObject): RegistryCredential | null {
  const { credential_type, access_key, access_secret } = body as Partial<Record<string, string>>;
  if (base === null && credential_type === undefined && access_key === undefined && access_secret === undefined)
    return null;
  return {
    type: credential_type ?? base?.type ?? '',
    accessKey: access_key ?? base?.accessKey ?? '',
    accessSecret: access_secret ?? base?.accessSecret ?? '',
  };
}

/** POST has the account in an object of its own; PUT and ping have flat fields. */
function nestedCredential(body: JsonObject | undefined): RegistryCredential | null {
  if (body === undefined) return null;
  const { type = '', access_key = '', access_secret = '' } = body as Partial<Record<string, string>>;
  return { type, accessKey: access_key, accessSecret: access_secret };
}

/** Without a key nothing is stored: a secret alone is dropped (docs/harbor-behavior.md 4.6). */
function storedCredential(credential: RegistryCredential | null): RegistryCredential | null {
  if (credential === null || credential.accessKey === '') return null;
  return { ...credential, type: credential.type === '' ? 'basic' : credential.type };
}

/** What the portal offers for this type. Only another Harbor has labels and copying by chunk. */
function registryInfo({ type }: RegistryRow): object {
  const labels = type === 'harbor' ? [{ style: 'list', type: 'label', values: null }] : [];
  return omitEmpty({
    supported_copy_by_chunk: type === 'harbor',
    supported_resource_filters: [
      { style: 'input', type: 'name', values: null },
      { style: 'input', type: 'tag', values: null },
      ...labels,
      { style: 'radio', type: 'resource', values: ['image'] },
    ],
    supported_triggers: ['manual', 'scheduled'],
    type,
  });
}
