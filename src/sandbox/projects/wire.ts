import { omitEmpty, wireTime } from '../go-compat/wire';
import type { Caller } from '../access/caller';
import { configuredFlag } from '../configuration';
import { mayInProject, PROJECT_ADMIN, rolesIn } from '../access/permissions';
import type { ProjectRow } from '../store/rows';
import { registryWireWithoutCredential } from '../registries/wire';
import type { Store } from '../store/store';

/** Keys that the project shows; other keys of the table appear only in the raw listing. */
const SHOWN_METADATA = [
  'auto_sbom_generation',
  'auto_scan',
  'enable_content_trust',
  'enable_content_trust_cosign',
  'max_upstream_conn',
  'prevent_vul',
  'proxy_cache_filter_kind',
  'proxy_cache_filter_pattern',
  'proxy_cache_local_on_not_found',
  'proxy_referrer_api',
  'proxy_speed_kb',
  'public',
  'retention_id',
  'reuse_sys_cve_allowlist',
  'severity',
];

/** Strongest first, not in the order of the ids. */
const ROLES_BY_POWER = [PROJECT_ADMIN, 4, 2, 3, 5];

/** Without detail Harbor leaves out the owner, the metadata and the allowlist (`with_detail=false`). */
export function projectWire(store: Store, caller: Caller, project: ProjectRow, detail = true): object {
  const roles = rolesIn(store, caller, project);
  return {
    ...omitEmpty({
      creation_time: wireTime(project.creationTime),
      current_user_role_id: ROLES_BY_POWER.find((role) => roles.includes(role)),
      metadata: detail ? metadataWire(project) : undefined,
      name: project.name,
      owner_id: project.ownerId,
      owner_name: detail ? store.users.get(project.ownerId)?.username : undefined,
      project_id: project.id,
      registry_id: project.registryId,
      update_time: wireTime(project.updateTime),
    }),
    current_user_role_ids: roles.length > 0 ? roles : null,
    cve_allowlist: detail ? projectAllowlistWire(project) : { ...NEVER, items: null },
    repo_count: store.repositories.count('project', project.id),
  };
}

/** Harbor loses the times of a project's allowlist: their names differ between two of its models. */
const NEVER = { creation_time: wireTime(0), update_time: wireTime(0) };

function projectAllowlistWire({ id, allowlist }: ProjectRow): object {
  return { ...allowlistWire(allowlist), ...NEVER, id, project_id: id };
}

/** Also for the list of the system. `items` is an empty list here and `null` where Harbor did not load it. */
export function allowlistWire(allowlist: ProjectRow['allowlist']): object {
  return omitEmpty({
    creation_time: wireTime(allowlist.creationTime),
    expires_at: allowlist.expiresAt,
    items: allowlist.cveIds.map((cve_id) => ({ cve_id })),
    update_time: wireTime(allowlist.updateTime),
  });
}

/** All values are texts (docs/harbor-behavior.md 5.3); the severity is shown in its normal form. */
function metadataWire({ metadata }: ProjectRow): Record<string, string> {
  const shown = SHOWN_METADATA.flatMap((key) => (metadata[key] === undefined ? [] : [[key, metadata[key]] as const]));
  const { severity } = metadata;
  return { ...Object.fromEntries(shown), ...(severity === undefined ? {} : { severity: cvssSeverity(severity) }) };
}

const SEVERITIES = ['none', 'low', 'medium', 'high', 'critical'];

/** CVSS v3 severities: `negligible` of older versions is `none`, and an unknown one is `unknown`. */
export function cvssSeverity(text: string): string {
  const severity = text.toLowerCase();
  if (severity === 'negligible') return 'none';
  return SEVERITIES.includes(severity) ? severity : 'unknown';
}

/** The names of the counts in a summary, and the roles that they count (docs/harbor-behavior.md 6.1). */
const COUNTED_ROLES: readonly (readonly [string, number])[] = [
  ['project_admin_count', PROJECT_ADMIN],
  ['maintainer_count', 4],
  ['developer_count', 2],
  ['guest_count', 3],
  ['limited_guest_count', 5],
];

/** Parts that the caller may not see are left out, not refused. */
export function projectSummary(store: Store, caller: Caller, project: ProjectRow): object {
  const registry = store.registries.get(project.registryId);
  return {
    ...(mayInProject(store, caller, project, 'member', 'list') ? memberCounts(store, project) : {}),
    ...(mayInProject(store, caller, project, 'quota', 'read') ? quotaSummary(store, project) : {}),
    ...(registry ? { registry: registryWireWithoutCredential(registry) } : {}),
    repo_count: store.repositories.count('project', project.id),
  };
}

/** Roles without a member are left out, as every zero is. */
function memberCounts(store: Store, project: ProjectRow): object {
  const members = store.members.findAll('project', project.id);
  return omitEmpty(
    Object.fromEntries(COUNTED_ROLES.map(([key, role]) => [key, members.filter((row) => row.roleId === role).length])),
  );
}

/** Nothing at all while quotas are switched off, although the rows are there. */
function quotaSummary(store: Store, project: ProjectRow): object {
  const quota = store.quotas.find('project', project.id);
  if (!quota || !configuredFlag(store, 'quota_per_project_enable')) return {};
  return { quota: { hard: { storage: quota.hardBytes }, used: { storage: quota.usedBytes } } };
}
