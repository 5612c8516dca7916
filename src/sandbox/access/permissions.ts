import type { Caller } from './caller';
import type { ProjectRow, RobotPermission } from '../store/rows';
import type { Store } from '../store/store';

/** Id of the role that the creator of a project gets (docs/harbor-behavior.md 6.1). */
export const PROJECT_ADMIN = 1;

/** By id. The numbers are not in the order of power: 4 is between 1 and 2. */
export const ROLE_NAMES: Readonly<Record<number, string>> = {
  1: 'projectAdmin',
  2: 'developer',
  3: 'guest',
  4: 'maintainer',
  5: 'limitedGuest',
};

type Grants = ReadonlyMap<string, ReadonlySet<string>>;

/** What each role may do (src/common/rbac/project/rbac_role.go); the project itself is the resource `project`. */
const ROLE_GRANTS: Readonly<Record<number, Grants>> = {
  1: grants(`project:read,update,delete member:create,read,update,delete,list metadata:create,read,update,delete
    log:list label:create,read,update,delete,list quota:read
    repository:create,read,update,delete,list,pull,push tag-retention:create,read,update,delete,list,operate
    immutable-tag:create,update,delete,list configuration:read,update robot:create,read,update,delete,list
    notification-policy:create,update,delete,list,read scan:create,read,stop sbom:create,stop,read
    scanner:read,create artifact:create,read,delete,list artifact-addition:read tag:list,create,delete
    accessory:list artifact-label:create,delete preheat-policy:create,read,update,delete,list
    export-cve:create,read,list`),
  4: grants(`project:read member:read,list metadata:read quota:read label:create,read,update,delete,list
    repository:create,read,update,delete,list,push,pull tag-retention:create,read,update,delete,list,operate
    accessory:list immutable-tag:create,update,delete,list configuration:read robot:read,list
    notification-policy:read,list scan:create,read,stop sbom:create,stop,read scanner:read
    artifact:create,read,delete,list artifact-addition:read tag:list,create,delete artifact-label:create,delete
    export-cve:create,read,list`),
  2: grants(`project:read member:read,list label:read,list quota:read repository:create,read,update,list,push,pull
    tag-retention:create,read,update,delete,list,operate configuration:read robot:read,list scan:read sbom:read
    scanner:read artifact:create,read,list artifact-addition:read tag:list,create accessory:list
    artifact-label:create,delete export-cve:create,read,list`),
  3: grants(`project:read member:read,list label:read,list quota:read repository:read,list,pull configuration:read
    robot:read,list scan:read sbom:read scanner:read tag:list accessory:list artifact:read,list
    artifact-addition:read`),
  5: grants(`project:read quota:read repository:list,read,pull configuration:read scan:read sbom:read scanner:read
    tag:list accessory:list artifact:read,list artifact-addition:read`),
};

/** What every caller may do in a public project. */
const PUBLIC_GRANTS = grants(`project:read label:read,list repository:read,list,pull configuration:read scan:read
  sbom:read scanner:read tag:list accessory:list artifact:read,list artifact-addition:read`);

/** A table in the form that a reader can compare with Harbor's own: `resource:action,action`. */
function grants(text: string): Grants {
  return new Map(
    text.split(/\s+/).map((entry) => {
      const [resource, actions] = entry.split(':') as [string, string];
      return [resource, new Set(actions.split(','))];
    }),
  );
}

/** Ids of the roles that the caller has as a member. A sysadmin has none, but may do everything. */
export function rolesIn(store: Store, caller: Caller, project: ProjectRow): number[] {
  if (caller.kind !== 'user') return [];
  return store.members.findAll('entity', `${project.id}/u${caller.user.id}`).map((member) => member.roleId);
}

/**
 * A robot never is one, whatever its permissions: some endpoints are closed to robots for this reason
 * (docs/harbor-behavior.md 3.1).
 */
export function isSysadmin(caller: Caller): boolean {
  return caller.kind === 'user' && caller.user.sysadmin;
}

/**
 * Whether the caller has this permission on the project.
 * The first that fits decides: system administrator, public project, robot, member.
 */
export function mayInProject(
  store: Store,
  caller: Caller,
  project: ProjectRow,
  resource: string,
  action: string,
): boolean {
  if (isSysadmin(caller)) return true;
  if (project.metadata['public'] === 'true' && PUBLIC_GRANTS.get(resource)?.has(action)) return true;
  if (caller.kind === 'robot')
    return caller.robot.permissions.some(
      (permission) => coversProject(permission, project) && allows(permission, resource, action),
    );
  return rolesIn(store, caller, project).some((role) => ROLE_GRANTS[role]?.get(resource)?.has(action));
}

/** Whether the caller has this permission at system level: a sysadmin has every one, a robot those for `/`. */
export function mayInSystem(caller: Caller, resource: string, action: string): boolean {
  if (caller.kind !== 'robot') return isSysadmin(caller);
  return caller.robot.permissions.some(
    (permission) => permission.kind === 'system' && allows(permission, resource, action),
  );
}

/** A robot with a permission on `*` sees every project. */
export function coversAllProjects(permission: RobotPermission): boolean {
  return permission.kind === 'project' && permission.namespace === '*';
}

function coversProject(permission: RobotPermission, project: ProjectRow): boolean {
  return coversAllProjects(permission) || (permission.kind === 'project' && permission.namespace === project.name);
}

function allows(permission: RobotPermission, resource: string, action: string): boolean {
  return permission.access.some(
    (access) => access.effect !== 'deny' && access.resource === resource && access.action === action,
  );
}
