import type { Context } from '../context';
import { PROJECT_ADMIN } from '../access/permissions';
import { removePreheatPolicy } from '../preheat/run';
import { removeRetention } from '../retention/run';
import type { ProjectRow, RobotRow } from '../store/rows';
import type { Store } from '../store/store';

/** Already checked by `newProjectFrom`: `createProject` refuses nothing. */
export interface NewProject {
  readonly name: string;
  readonly ownerId: number;
  readonly registryId: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Bytes, -1 is unlimited; undefined if quotas are disabled. */
  readonly storageLimit: number | undefined;
}

/**
 * What Harbor creates together with a project: its creator as administrator, a quota, and for a proxy project a
 * retention policy.
 */
export function createProject({ store, clock }: Context, draft: NewProject): ProjectRow {
  const now = clock.now();
  const times = { creationTime: now, updateTime: now };
  const project = store.projects.insert({
    ...times,
    name: draft.name,
    ownerId: draft.ownerId,
    registryId: draft.registryId,
    metadata: draft.metadata,
    allowlist: { cveIds: [], creationTime: 0, updateTime: 0 },
  });
  store.members.insert({
    ...times,
    projectId: project.id,
    entityType: 'u',
    entityId: draft.ownerId,
    roleId: PROJECT_ADMIN,
  });
  if (draft.storageLimit !== undefined)
    store.quotas.insert({ ...times, projectId: project.id, hardBytes: draft.storageLimit, usedBytes: 0 });
  if (draft.registryId === 0) return project;
  const retention = store.retentions.insert({ ...times, projectId: project.id, policy: silentRetention(project.id) });
  return store.projects.update(project.id, { metadata: { ...draft.metadata, retention_id: String(retention.id) } });
}

/**
 * Harbor gives every new proxy project a policy that keeps artifacts pulled within seven days (docs/harbor-behavior.md
 * 5.4).
 */
function silentRetention(projectId: number): Record<string, unknown> {
  const everything = (decoration: string): object[] => [{ kind: 'doublestar', decoration, pattern: '**' }];
  return {
    algorithm: 'or',
    rules: [
      {
        id: 1,
        priority: 1,
        action: 'retain',
        template: 'nDaysSinceLastPull',
        params: { nDaysSinceLastPull: 7 },
        tag_selectors: everything('matches'),
        scope_selectors: { repository: everything('repoMatches') },
      },
    ],
    trigger: { kind: 'Schedule', settings: { cron: '0 0 0 * * *' } },
    scope: { level: 'project', ref: projectId },
  };
}

/** Labels and webhook policies stay in the database, as in Harbor, but nothing refers to them. */
export function removeProject(store: Store, project: ProjectRow): void {
  for (const robot of store.robots.findAll('project', project.id)) store.robots.remove(robot.id);
  for (const rule of store.immutableTagRules.findAll('project', project.id)) store.immutableTagRules.remove(rule.id);
  for (const policy of store.retentions.findAll('project', project.id)) removeRetention(store, policy);
  for (const robot of store.robots.all()) forgetNamespace(store, robot, project.name);
  for (const policy of store.preheatPolicies.findAll('project', project.id)) removePreheatPolicy({ store }, policy);
  for (const quota of store.quotas.findAll('project', project.id)) store.quotas.remove(quota.id);
  for (const member of store.members.findAll('project', project.id)) store.members.remove(member.id);
  store.projects.remove(project.id);
}

/** Permissions refer to the id of the project: a later project with the same name does not inherit them. */
function forgetNamespace(store: Store, robot: RobotRow, name: string): void {
  const permissions = robot.permissions.filter(({ kind, namespace }) => kind === 'system' || namespace !== name);
  if (permissions.length < robot.permissions.length) store.robots.update(robot.id, { permissions });
}
