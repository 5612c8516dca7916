import { ok } from '../api/answer';
import type { Api } from '../api/api';
import { contains } from '../api/query';
import { omitEmpty } from '../go-compat/wire';
import type { Caller } from '../access/caller';
import { isSysadmin, rolesIn } from '../access/permissions';
import { projectWire } from '../projects/wire';
import { topLevelArtifacts } from '../registry/top-level';
import type { ProjectRow, RepositoryRow } from '../store/rows';
import type { Store } from '../store/store';

/** Projects by a part of their name, case-sensitive; repositories by a part of theirs, ignoring case. */
export function register(api: Api): void {
  const { store } = api.context;
  api.get(
    '/search',
    ({ caller, query }) => {
      const wanted = query.get('q') ?? '';
      const projects = visible(store, caller);
      const ids = new Set(projects.map(({ id }) => id));
      const repositories = store.repositories
        .all()
        .filter((row) => ids.has(row.projectId) && contains(row.name, wanted))
        .sort((a, b) => b.creationTime - a.creationTime || b.id - a.id);
      return ok({
        project: projects.filter(({ name }) => name.includes(wanted)).map((row) => projectWire(store, caller, row)),
        repository: repositories.map((row) => repositoryWire(store, row)),
      });
    },
    { query: { q: 'required' } },
  );
}

/** Robots see public projects only: the search knows no permissions. */
function visible(store: Store, caller: Caller): ProjectRow[] {
  const rows = store.projects
    .all()
    .filter((row) => isSysadmin(caller) || row.metadata['public'] === 'true' || rolesIn(store, caller, row).length > 0);
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `artifact_count` is that of top-level artifacts, unlike in the list of repositories. */
function repositoryWire(store: Store, row: RepositoryRow): object {
  const project = store.projects.get(row.projectId)!;
  return omitEmpty({
    artifact_count: topLevelArtifacts(store, store.artifacts.findAll('repository', row.id)).length,
    project_id: row.projectId,
    project_name: project.name,
    project_public: project.metadata['public'] === 'true',
    pull_count: row.pullCount,
    repository_name: row.name,
  });
}
