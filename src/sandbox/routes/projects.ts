import { mayProxy } from '../adapter-catalog';
import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { projectFor, requireLogin } from '../api/access';
import { type Call, flagQuery, page } from '../api/call';
import { type JsonObject, type Model, model } from '../api/model';
import { type Columns, contains, filterRows, sortRows } from '../api/query';
import type { Caller } from '../caller';
import { configuredFlag, configuredNumber, configuredText } from '../configuration';
import type { Context } from '../context';
import { badRequest, conflict, HarborError, internalError, notFound } from '../errors';
import { isAtLeast } from '../harbor-version';
import { coversAllProjects, mayInSystem, rolesIn } from '../permissions';
import { createProject, removeProject } from '../project-lifecycle';
import { projectSummary, projectWire } from '../project-wire';
import type { ProjectRow } from '../rows';
import { storageLimitProblem } from '../storage-limit';
import type { Store } from '../store';

/** Metadata keys that the API takes, and the version that brought them; an older one drops what it does not know. */
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
const LATER_METADATA_FIELDS: readonly (readonly [string, string])[] = [
  ['max_upstream_conn', '2.14'],
  ['proxy_cache_local_on_not_found', '2.15'],
];

const projectReq = (harborVersion: string): Model => {
  const later = LATER_METADATA_FIELDS.filter(([, since]) => isAtLeast(harborVersion, since)).map(([field]) => field);
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

type Metadata = Record<string, string>;

const columnsOf = (store: Store): Columns<ProjectRow> => ({
  project_id: (row) => row.id,
  name: (row) => row.name,
  owner_id: (row) => row.ownerId,
  owner: (row) => store.users.get(row.ownerId)?.username,
  registry_id: (row) => row.registryId,
  public: (row) => row.metadata['public'] === 'true',
  creation_time: (row) => row.creationTime,
  update_time: (row) => row.updateTime,
});

export function register(api: Api): void {
  const { context } = api;
  const { store, harborVersion } = context;
  const ProjectReq = projectReq(harborVersion);
  api.get('/projects', (call) => listProjects(store, call), { query: { public: 'bool', with_detail: 'bool' } });
  api.head(
    '/projects',
    (call) => {
      requireLogin(call.caller);
      const name = call.query.get('project_name') ?? '';
      if (!store.projects.find('name', name)) throw notFound(`project ${name} not found`);
      return OK;
    },
    { query: { project_name: 'required' } },
  );
  api.post('/projects', (call) => postProject(context, call), { body: ['project', ProjectReq] });
  api.get('/projects/:project', (call) =>
    ok(projectWire(store, call.caller, projectFor(store, call, 'project', 'read'))),
  );
  api.put('/projects/:project', (call) => putProject(context, call), { body: ['project', ProjectReq] });
  api.delete('/projects/:project', (call) => {
    const project = projectFor(store, call, 'project', 'delete');
    const obstacle = obstacleToDeletion(store, project);
    if (obstacle !== undefined) throw new HarborError('PRECONDITION', `precondition failed: ${obstacle}`);
    removeProject(store, project);
    return OK;
  });
  api.get('/projects/:project/_deletable', (call) => {
    const message = obstacleToDeletion(store, projectFor(store, call, 'project', 'delete'));
    return ok(message === undefined ? { deletable: true } : { message });
  });
  api.get('/projects/:project/summary', (call) =>
    ok(projectSummary(store, call.caller, projectFor(store, call, 'project', 'read'))),
  );
}

function listProjects(store: Store, call: Call): ReturnType<typeof page> {
  const { query, caller } = call;
  const wanted = flagQuery(call, 'public');
  const owner = query.get('owner');
  const rows = visibleProjects(store, caller, wanted).filter(
    (row) =>
      contains(row.name, query.get('name')) &&
      (wanted === undefined || (row.metadata['public'] === 'true') === wanted) &&
      (owner === null || owner === '' || store.users.get(row.ownerId)?.username === owner),
  );
  const columns = columnsOf(store);
  const matching = filterRows(rows, query.get('q'), columns);
  return page(call, sortRows(matching, query.get('sort') || 'name', columns), (row) => projectWire(store, caller, row));
}

/** Wrong credentials are not refused here: they only see less (harbor.md 0). */
function visibleProjects(store: Store, caller: Caller, wantedPublic: boolean | undefined): ProjectRow[] {
  const all = store.projects.all();
  if (mayInSystem(caller, 'project', 'list') && caller.kind === 'user') return all;
  const isPublic = (row: ProjectRow): boolean => row.metadata['public'] === 'true' && wantedPublic !== false;
  if (caller.kind === 'robot') return visibleToRobot(all, caller, isPublic);
  if (caller.kind === 'anonymous') return all.filter(isPublic);
  return all.filter((row) => isPublic(row) || rolesIn(store, caller, row).length > 0);
}

function visibleToRobot(
  all: ProjectRow[],
  caller: Extract<Caller, { kind: 'robot' }>,
  isPublic: (row: ProjectRow) => boolean,
): ProjectRow[] {
  const { permissions } = caller.robot;
  if (mayInSystem(caller, 'project', 'list') || permissions.some(coversAllProjects)) return all;
  const names = new Set(permissions.map(({ namespace }) => namespace));
  return all.filter((row) => isPublic(row) || names.has(row.name));
}

function postProject(context: Context, call: Call): ReturnType<typeof created> {
  const { store } = context;
  const { caller, body } = call;
  requireMayCreate(store, caller, body);
  const metadata = initialMetadata(body);
  validate(context, body, metadata);
  const name = (body['project_name'] as string | undefined) ?? '';
  refuseName(store, name);
  const project = createProject(context, {
    name,
    ownerId: caller.kind === 'user' ? caller.user.id : firstSysadmin(store),
    registryId: (body['registry_id'] as number | undefined) ?? 0,
    metadata,
    storageLimit: storageLimitFor(store, caller, body),
  });
  const inName = call.headers['x-resource-name-in-location'] === 'true';
  return created(`${call.path}/${inName ? project.name : project.id}`);
}

/** With `project_creation_restriction: everyone` any system robot may create, even without the pair (harbor.md 0). */
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

function initialMetadata(body: JsonObject): Metadata {
  const { public: visibility, ...metadata } = { ...(body['metadata'] as Metadata | undefined) };
  const isPublic = visibility || String(body['public'] === true);
  if (isPublic !== 'true' && isPublic !== 'false')
    throw badRequest(`metadata.public should only be 'true' or 'false', but got: '${isPublic}'`);
  return { ...withoutIgnored(metadata, body['registry_id'] !== undefined), public: isPublic };
}

/** Proxy keys mean nothing on an ordinary project, content trust nothing on a proxy project; both are dropped. */
function withoutIgnored(metadata: Metadata, isProxy: boolean): Metadata {
  const ignored = isProxy ? ['enable_content_trust'] : ['proxy_speed_kb', 'max_upstream_conn'];
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !ignored.includes(key)));
}

function validate({ store, harborVersion }: Context, body: JsonObject, metadata: Metadata): void {
  if (metadata['retention_id'])
    throw badRequest(
      "bad request: the retention_id in the request's payload when creating a project should be omitted, alternatively passing an empty string",
    );
  delete metadata['retention_id'];
  if (body['registry_id'] !== undefined) validateProxy(store, body['registry_id'] as number, metadata, harborVersion);
  const limit = body['storage_limit'] as number | undefined;
  const problem = limit && configuredFlag(store, 'quota_per_project_enable') ? storageLimitProblem(limit) : undefined;
  if (problem !== undefined) throw badRequest(`bad request: ${problem}`);
}

function validateProxy(store: Store, registryId: number, metadata: Metadata, harborVersion: string): void {
  if (registryId <= 0)
    throw badRequest(`bad request: ${registryId} is invalid value of registry_id, it should be geater than 0`);
  const registry = store.registries.get(registryId);
  if (!registry) throw internalError(`failed to get the registry ${registryId}`);
  if (!mayProxy(registry.type, harborVersion))
    throw badRequest(`bad request: unsupported registry type ${registry.type}`);
  const speed = metadata['proxy_speed_kb'];
  if (speed !== undefined && !isInt32(speed))
    throw badRequest(`metadata.proxy_speed_kb should by an int32, but got: '${speed}', err: ${parseError(speed)}`);
  const connections = metadata['max_upstream_conn'];
  if (connections !== undefined && !isInt32(connections))
    throw badRequest(
      `metadata.max_upstream_conn should be an int, but got '${connections}', err: ${parseError(connections)}`,
    );
}

export function isInt32(text: string): boolean {
  return /^[+-]?\d+$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;
}

function parseError(text: string): string {
  const reason = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  return `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${reason}`;
}

function refuseName(store: Store, name: string): void {
  if (name.length < 1 || name.length > 255)
    throw badRequest(`Project name ${name} is illegal in length. (greater than 255 or less than 1)`);
  if (!/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name))
    throw badRequest('project name is not in lower case or contains illegal characters');
  if (store.projects.find('name', name)) throw conflict(`The project named ${name} already exists`);
}

/** Undefined: no quota row. 0 and a caller who is not admin get the default. */
function storageLimitFor(store: Store, caller: Caller, body: JsonObject): number | undefined {
  if (!configuredFlag(store, 'quota_per_project_enable')) return undefined;
  const sent = body['storage_limit'] as number | undefined;
  return sent && mayInSystem(caller, 'project', 'create') ? sent : configuredNumber(store, 'storage_per_project');
}

function firstSysadmin(store: Store): number {
  return store.users.all().find((user) => user.sysadmin)?.id ?? 1;
}

/** Name, registry and storage limit are ignored with a 200 (harbor.md 2.5); values of metadata are not looked at. */
function putProject({ store, clock }: Context, call: Call): typeof OK {
  const project = projectFor(store, call, 'project', 'update');
  const allowlist = allowlistFor(project, call.body['cve_allowlist'] as JsonObject | undefined, clock.now());
  const metadata = withoutIgnored((call.body['metadata'] ?? {}) as Metadata, project.registryId > 0);
  if (metadata['retention_id'] !== undefined && metadata['retention_id'] !== project.metadata['retention_id'])
    throw badRequest(
      "the retention_id in the request's payload when updating a project should be omitted, alternatively passing the one that has already been associated to this project",
    );
  // The project's own row is not touched, so its update time stays.
  store.projects.update(project.id, { allowlist, metadata: { ...project.metadata, ...metadata } });
  return OK;
}

function allowlistFor(
  project: ProjectRow,
  sent: JsonObject | undefined,
  now: number,
): ProjectRow['allowlist'] | undefined {
  if (sent === undefined) return undefined;
  const projectId = (sent['project_id'] as number | undefined) ?? 0;
  if (projectId !== 0 && projectId !== project.id)
    throw badRequest(`project_id in cve_allowlist must be ${project.id} but it's ${projectId}`);
  return allowlistFrom(sent, now);
}

/** A blank or repeated CVE id is a plain Go error, so 500 (harbor.md 2.5). */
export function allowlistFrom(sent: JsonObject, now: number): ProjectRow['allowlist'] {
  const cveIds = ((sent['items'] ?? []) as { cve_id?: string }[]).map(({ cve_id = '' }) => cve_id);
  if (cveIds.some((id) => id.trim() === '') || new Set(cveIds).size < cveIds.length)
    throw internalError('invalid CVE allowlist');
  const expiresAt = sent['expires_at'] as number | undefined;
  return {
    cveIds,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    creationTime: now,
    updateTime: now,
  };
}

function obstacleToDeletion(store: Store, project: ProjectRow): string | undefined {
  return store.repositories.count('project', project.id) > 0
    ? 'the project contains repositories, can not be deleted'
    : undefined;
}
