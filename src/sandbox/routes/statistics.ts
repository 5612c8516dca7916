import { ok } from '../api/answer';
import type { Api } from '../api/api';
import { requireLogin } from '../api/access';
import type { Caller } from '../access/caller';
import { isSysadmin, rolesIn } from '../access/permissions';
import type { ProjectRow } from '../store/rows';
import type { Store } from '../store/store';

/** Stands in for src/server/v2.0/handler/statistic.go. */
export function register(api: Api): void {
  const { store } = api.context;
  api.get('/statistics', ({ caller }) => {
    requireLogin(caller);
    return ok(statistics(store, caller));
  });
}

/** Totals are for administrators; for other users, the private numbers count only the projects they are a member of. */
function statistics(store: Store, caller: Caller): object {
  const all = store.projects.all();
  const isPublic = ({ metadata }: ProjectRow): boolean => metadata['public'] === 'true';
  const sysadmin = isSysadmin(caller);
  const hidden = all.filter((row) => !isPublic(row) && (sysadmin || rolesIn(store, caller, row).length > 0));
  const repositories = (rows: readonly ProjectRow[]): number =>
    rows.reduce((sum, { id }) => sum + store.repositories.count('project', id), 0);
  return {
    private_project_count: hidden.length,
    private_repo_count: repositories(hidden),
    public_project_count: all.filter(isPublic).length,
    public_repo_count: repositories(all.filter(isPublic)),
    total_project_count: sysadmin ? all.length : 0,
    total_repo_count: sysadmin ? store.repositories.size : 0,
    total_storage_consumption: sysadmin ? storedBytes(store) : 0,
  };
}

/** Each blob once, even if several projects have it. */
function storedBytes(store: Store): number {
  const sizes = new Map(store.projectBlobs.all().map(({ digest, sizeBytes }) => [digest, sizeBytes]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
