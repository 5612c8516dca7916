import { allowlistFrom } from '../projects/allowlist';
import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { projectFor, requireLogin } from '../api/access';
import { type Call, flagQuery, page } from '../api/call';
import type { JsonObject } from '../api/model';
import { type Columns, contains, filterRows, sortRows } from '../api/query';
import { auditProject } from '../audit/entries';
import { type Caller, callerName } from '../access/caller';
import type { Context } from '../context';
import { badRequest, HarborError, notFound } from '../errors';
import { coversAllProjects, mayInSystem, rolesIn } from '../access/permissions';
import { createProject, removeProject } from '../projects/lifecycle';
import { type Metadata, newProjectFrom, projectReq, refuseFilter, withoutIgnored } from '../projects/request';
import { projectSummary, projectWire } from '../projects/wire';
import type { ProjectRow } from '../store/rows';
import type { Store } from '../store/store';

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

/**
 * Stands in for src/server/v2.0/handler/project.go.
 *
 *     POST   name, registry_id, storage_limit and metadata count; cve_allowlist is ignored (docs/harbor-behavior.md 5.2)
 *     PUT    metadata and cve_allowlist count; the rest is ignored with a 200 (5.1)
 *     DELETE refused with 412 while a repository exists, even an empty one
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  const ProjectReq = projectReq(context.features);
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
    auditProject(context, callerName(call.caller), 'delete', project);
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

/** Filters of the query come on top of what the caller may see, so a total never shows hidden projects. */
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
  return page(call, sortRows(matching, query.get('sort'), columns, 'name'), (row) =>
    projectWire(store, caller, row, flagQuery(call, 'with_detail') ?? true),
  );
}

/** Wrong credentials are not refused here: the caller only sees less (docs/harbor-behavior.md 2.1). */
function visibleProjects(store: Store, caller: Caller, wantedPublic: boolean | undefined): ProjectRow[] {
  const all = store.projects.all();
  if (mayInSystem(caller, 'project', 'list') && caller.kind === 'user') return all;
  const isPublic = (row: ProjectRow): boolean => row.metadata['public'] === 'true' && wantedPublic !== false;
  if (caller.kind === 'robot') return visibleToRobot(all, caller, isPublic);
  if (caller.kind === 'anonymous') return all.filter(isPublic);
  return all.filter((row) => isPublic(row) || rolesIn(store, caller, row).length > 0);
}

/** A robot sees public projects, and those that its permissions name, whatever the permission is. */
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

/** `Location` has the id, or the name if the client asks for it. */
function postProject(context: Context, call: Call): ReturnType<typeof created> {
  const project = createProject(context, newProjectFrom(context, call.caller, call.body));
  auditProject(context, callerName(call.caller), 'create', project);
  const inName = call.headers['x-resource-name-in-location'] === 'true';
  return created(`${call.path}/${inName ? project.name : project.id}`);
}

/**
 * Name, registry and storage limit are ignored, with a 200 (docs/harbor-behavior.md 5.1). Only the filter is validated.
 */
function putProject(context: Context, call: Call): typeof OK {
  const { store, clock } = context;
  const project = projectFor(store, call, 'project', 'update');
  const allowlist = allowlistFor(project, call.body['cve_allowlist'] as JsonObject | undefined, clock.now());
  const metadata = withoutIgnored((call.body['metadata'] ?? {}) as Metadata, project.registryId > 0);
  refuseFilter(metadata);
  if (metadata['retention_id'] !== undefined && metadata['retention_id'] !== project.metadata['retention_id'])
    throw badRequest(
      "the retention_id in the request's payload when updating a project should be omitted, alternatively passing the one that has already been associated to this project",
    );
  // The project's own row does not change, so its update time stays.
  store.projects.update(project.id, { allowlist, metadata: { ...project.metadata, ...metadata } });
  auditProject(context, callerName(call.caller), 'update', project);
  return OK;
}

/** Undefined: not sent, so the stored one stays. A `project_id` of another project is refused. */
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

/** A repository counts also without artifacts: Harbor keeps it when its last artifact is deleted. */
function obstacleToDeletion(store: Store, project: ProjectRow): string | undefined {
  return store.repositories.count('project', project.id) > 0
    ? 'the project contains repositories, can not be deleted'
    : undefined;
}
