import { ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { namedProjectFor } from '../api/access';
import { type Call, page } from '../api/call';
import { model } from '../api/model';
import { type Columns, filterRows, sortRows } from '../api/query';
import { omitEmpty, wireTime } from '../go-compat/wire';
import { artifactsDeleted } from '../registry/events';
import { auditNamed } from '../audit/entries';
import { type Caller, callerName } from '../access/caller';
import { coversAllProjects, isSysadmin, rolesIn } from '../access/permissions';
import { removeRepository, repositoryFor } from '../artifacts/repository-access';
import type { ProjectRow, RepositoryRow } from '../store/rows';
import type { Store } from '../store/store';

const Repository = model('Repository', {
  id: 'int64',
  project_id: 'int64',
  name: 'string',
  description: 'string',
  artifact_count: 'int64',
  pull_count: 'int64',
  creation_time: 'string',
  update_time: 'string',
});

const COLUMNS: Columns<RepositoryRow> = {
  repository_id: (row) => row.id,
  name: (row) => row.name,
  project_id: (row) => row.projectId,
  description: (row) => row.description,
  pull_count: (row) => row.pullCount,
  creation_time: (row) => row.creationTime,
  update_time: (row) => row.updateTime,
};

/**
 * Stands in for src/server/v2.0/handler/repository.go. A PUT changes the description alone, and stores it with
 * escaped HTML: a client that sends it back escapes it a second time.
 *
 *     GET /repositories               the public projects, and those that a role or a permission of the caller names
 *     GET of one project, or of one   the permission `repository` in the project
 *     DELETE                          with all artifacts, each of which is an event of its own
 */
export function register(api: Api): void {
  const { context } = api;
  const { store, clock } = context;
  api.get('/repositories', (call) => {
    const projects = store.projects.all().filter((row) => isAuthorized(store, call.caller, row));
    return listRepositories(
      store,
      call,
      projects.flatMap((row) => store.repositories.findAll('project', row.id)),
    );
  });
  api.get('/projects/:project/repositories', (call) => {
    const project = namedProjectFor(store, call, 'repository', 'list');
    return listRepositories(store, call, store.repositories.findAll('project', project.id));
  });
  api.get('/projects/:project/repositories/:repository', (call) =>
    ok(repositoryWire(store, repositoryFor(store, call, 'repository', 'read'))),
  );
  api.put(
    '/projects/:project/repositories/:repository',
    (call) => {
      const repository = repositoryFor(store, call, 'repository', 'update');
      const description = escapeHtml((call.body['description'] as string | undefined) ?? '');
      store.repositories.update(repository.id, { description, updateTime: clock.now() });
      return OK;
    },
    { body: ['repository', Repository] },
  );
  api.delete('/projects/:project/repositories/:repository', (call) => {
    const repository = repositoryFor(store, call, 'repository', 'delete');
    artifactsDeleted(context, callerName(call.caller), removeRepository(store, repository));
    auditNamed(context, callerName(call.caller), 'delete', 'repository', repository);
    return OK;
  });
}

/** Newest first unless the request says otherwise. */
function listRepositories(store: Store, call: Call, rows: readonly RepositoryRow[]): ReturnType<typeof page> {
  const matching = filterRows(rows, call.query.get('q'), COLUMNS);
  const sorted = sortRows(matching, call.query.get('sort'), COLUMNS, '-creation_time,-repository_id');
  return page(call, sorted, (row) => repositoryWire(store, row));
}

/** Wider than the permission `repository:list`: any role, or any permission of a robot in the project. */
function isAuthorized(store: Store, caller: Caller, project: ProjectRow): boolean {
  if (isSysadmin(caller) || project.metadata['public'] === 'true') return true;
  if (caller.kind !== 'robot') return rolesIn(store, caller, project).length > 0;
  return caller.robot.permissions.some(
    (permission) => coversAllProjects(permission) || permission.namespace === project.name,
  );
}

function escapeHtml(text: string): string {
  const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => escapes[character]!);
}

/** `artifact_count` counts children and accessories too. */
function repositoryWire(store: Store, row: RepositoryRow): object {
  return {
    ...omitEmpty({
      creation_time: wireTime(row.creationTime),
      description: row.description,
      id: row.id,
      name: row.name,
      project_id: row.projectId,
      update_time: wireTime(row.updateTime),
    }),
    artifact_count: store.artifacts.count('repository', row.id),
    pull_count: row.pullCount,
  };
}
