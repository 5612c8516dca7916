import { mayProxy } from '../registries/adapter-catalog';
import { requireLogin } from '../api/access';
import { type JsonObject, type Model, model } from '../api/model';
import type { Caller } from '../access/caller';
import { configuredFlag, configuredNumber, configuredText } from '../configuration';
import type { Context } from '../context';
import { badRequest, conflict, HarborError, internalError } from '../errors';
import { isInt32, parseIntError } from '../go-compat/parse';
import type { Features } from '../versions';
import { mayInSystem } from '../access/permissions';
import type { NewProject } from './lifecycle';
import { FILTER_KINDS, filterProblem } from '../registry/repository-filter';
import { storageLimitProblem } from './storage-limit';
import type { Store } from '../store/store';

/** By key; all values are text, also flags and numbers (docs/harbor-behavior.md 5.3). */
export type Metadata = Record<string, string>;

/** Metadata keys that every version accepts. */
const METADATA_FIELDS = [
  'public',
  'enable_content_trust',
  'enable_content_trust_cosign',
  'prevent_vul',
  'severity',
  'auto_scan',
  'auto_sbom_generation',
  'reuse_sys_cve_allowlist',
  'retention_id',
  'proxy_speed_kb',
];
const LATER_METADATA_FIELDS: readonly (readonly [string, keyof Features])[] = [
  ['max_upstream_conn', 'maxUpstreamConn'],
  ['proxy_cache_local_on_not_found', 'localOnNotFound'],
  ['proxy_cache_filter_pattern', 'repositoryFilter'],
  ['proxy_cache_filter_kind', 'repositoryFilter'],
  ['proxy_referrer_api', 'referrerApi'],
];

/**
 * The fields depend on the version: an older Harbor drops a key that it does not know, so a request with it
 * succeeds and stores nothing.
 */
export const projectReq = (features: Features): Model => {
  const later = LATER_METADATA_FIELDS.filter(([, feature]) => features[feature]).map(([field]) => field);
  const metadata = [...METADATA_FIELDS, ...later].map((field) => [field, 'string'] as const);
  return model('ProjectReq', { ...PROJECT_FIELDS, metadata: model('ProjectMetadata', Object.fromEntries(metadata)) });
};

const PROJECT_FIELDS: Model['fields'] = {
  project_name: { text: 'string', maxLength: 255 },
  public: 'bool',
  cve_allowlist: model('CVEAllowlist', {
    id: 'int64',
    project_id: 'int64',
    expires_at: 'int64',
    items: { list: model('CVEAllowlistItem', { cve_id: 'string' }) },
  }),
  storage_limit: 'int64',
  registry_id: 'int64',
};

/**
 * Reads a request to create a project, checked in Harbor's order: caller, metadata, registry, storage limit, name.
 * @throws HarborError 400, 401, 403, 409, 500
 */
export function newProjectFrom(context: Context, caller: Caller, body: JsonObject): NewProject {
  const { store } = context;
  requireMayCreate(store, caller, body);
  const metadata = acceptMetadata(context, body);
  const storageLimit = storageLimitFor(store, caller, body);
  const name = (body['project_name'] as string | undefined) ?? '';
  refuseName(store, name);
  return {
    name,
    ownerId: caller.kind === 'user' ? caller.user.id : firstSysadmin(store),
    registryId: (body['registry_id'] as number | undefined) ?? 0,
    metadata,
    storageLimit,
  };
}

/** With `project_creation_restriction: everyone` any system robot may create projects (docs/harbor-behavior.md 3.4). */
function requireMayCreate(store: Store, caller: Caller, body: JsonObject): void {
  requireLogin(caller);
  const forbidden = (message: string): HarborError => new HarborError('FORBIDDEN', message);
  if (caller.kind === 'robot' && caller.robot.level !== 'system')
    throw forbidden('Only system level robot can create project');
  const admin = mayInSystem(caller, 'project', 'create');
  if (configuredText(store, 'project_creation_restriction') === 'adminonly' && !admin)
    throw forbidden('Only system admin can create project');
  if (body['registry_id'] !== undefined && !admin) throw forbidden('Only system admin can create proxy cache project');
}

/** `public` may be in the metadata or, as in old clients, beside them. Metadata win. */
function initialMetadata(body: JsonObject): Metadata {
  const { public: visibility, ...metadata } = { ...(body['metadata'] as Metadata | undefined) };
  const isPublic = visibility || String(body['public'] === true);
  if (isPublic !== 'true' && isPublic !== 'false')
    throw badRequest(`metadata.public should only be 'true' or 'false', but got: '${isPublic}'`);
  return { ...withoutIgnored(metadata, body['registry_id'] !== undefined), public: isPublic };
}

/**
 * An empty `retention_id` is accepted and dropped; any other is refused, because Harbor creates the policy
 * itself.
 */
function acceptMetadata({ store, features }: Context, body: JsonObject): Metadata {
  const metadata = initialMetadata(body);
  if (metadata['retention_id'])
    throw badRequest(
      "bad request: the retention_id in the request's payload when creating a project should be omitted, alternatively passing an empty string",
    );
  if (body['registry_id'] !== undefined) validateProxy(store, body['registry_id'] as number, metadata, features);
  const { retention_id: _empty, ...kept } = metadata;
  return kept;
}

/**
 * The registry, its type, the filter, then the numbers. An unknown registry is 500, not 404
 * (docs/harbor-behavior.md 1.1).
 */
function validateProxy(store: Store, registryId: number, metadata: Metadata, features: Features): void {
  if (registryId <= 0)
    throw badRequest(`bad request: ${registryId} is invalid value of registry_id, it should be geater than 0`);
  const registry = store.registries.get(registryId);
  if (!registry) throw internalError(`failed to get the registry ${registryId}`);
  if (!mayProxy(registry.type, features)) throw badRequest(`bad request: unsupported registry type ${registry.type}`);
  refuseFilter(metadata);
  const speed = metadata['proxy_speed_kb'];
  if (speed !== undefined && !isInt32(speed))
    throw badRequest(`metadata.proxy_speed_kb should by an int32, but got: '${speed}', err: ${parseIntError(speed)}`);
  const connections = metadata['max_upstream_conn'];
  if (connections !== undefined && !isInt32(connections))
    throw badRequest(
      `metadata.max_upstream_conn should be an int, but got '${connections}', err: ${parseIntError(connections)}`,
    );
}

/** A pattern needs its kind in the same request; a kind alone is not compared with the pattern that is stored. */
export function refuseFilter(metadata: Metadata): void {
  const { proxy_cache_filter_kind: kind = '', proxy_cache_filter_pattern: pattern = '' } = metadata;
  if (kind === '' && pattern === '') return;
  if (!FILTER_KINDS.includes(kind))
    throw badRequest(`metadata.proxy_cache_filter_kind should be "doublestar" or "regex", but got: "${kind}"`);
  const problem = filterProblem(kind, pattern);
  if (problem !== undefined)
    throw badRequest(`metadata.proxy_cache_filter_pattern is invalid for kind "${kind}": ${problem}`);
}

/** The length is checked before the form, and both before whether it is taken. */
function refuseName(store: Store, name: string): void {
  if (name.length < 1 || name.length > 255)
    throw badRequest(`Project name ${name} is illegal in length. (greater than 255 or less than 1)`);
  if (!/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name))
    throw badRequest('project name is not in lower case or contains illegal characters');
  if (store.projects.find('name', name)) throw conflict(`The project named ${name} already exists`);
}

/** Undefined: no quota row. 0, or a caller who is not an admin, gets the default. */
function storageLimitFor(store: Store, caller: Caller, body: JsonObject): number | undefined {
  if (!configuredFlag(store, 'quota_per_project_enable')) return undefined;
  const sent = body['storage_limit'] as number | undefined;
  if (!sent || !mayInSystem(caller, 'project', 'create')) return configuredNumber(store, 'storage_per_project');
  const problem = storageLimitProblem(sent);
  if (problem !== undefined) throw badRequest(`bad request: ${problem}`);
  return sent;
}

function firstSysadmin(store: Store): number {
  return store.users.all().find((user) => user.sysadmin)?.id ?? 1;
}

const PROXY_ONLY = ['proxy_speed_kb', 'max_upstream_conn', 'proxy_cache_filter_pattern', 'proxy_cache_filter_kind'];

/** Proxy keys have no meaning for an ordinary project, content trust none for a proxy project; both are dropped. */
export function withoutIgnored(metadata: Metadata, isProxy: boolean): Metadata {
  const ignored = isProxy ? ['enable_content_trust'] : PROXY_ONLY;
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !ignored.includes(key)));
}
