import type { Caller } from './caller';
import type { ProjectRow, RobotPermission } from './rows';
import type { Store } from './store';

export const ROLE_NAMES: Readonly<Record<number, string>> = {
  1: 'projectAdmin',
  2: 'developer',
  3: 'guest',
  4: 'maintainer',
  5: 'limitedGuest',
};

const READS = ['read', 'list'];

/** What anyone may do in a public project. */
const PUBLIC: Readonly<Record<string, readonly string[]>> = {
  project: ['read'],
  label: READS,
  repository: ['read', 'list', 'pull'],
  artifact: READS,
  tag: ['list'],
  accessory: ['list'],
  'artifact-addition': ['read'],
  scan: ['read'],
  scanner: ['read'],
  sbom: ['read'],
};

const LIMITED_GUEST: Readonly<Record<string, readonly string[]>> = { ...PUBLIC, quota: ['read'] };

const GUEST: Readonly<Record<string, readonly string[]>> = {
  ...LIMITED_GUEST,
  member: READS,
  log: ['list'],
  robot: READS,
  'notification-policy': ['read'],
  'immutable-tag': [],
  metadata: READS,
};

const DEVELOPER: Readonly<Record<string, readonly string[]>> = {
  ...GUEST,
  repository: ['read', 'list', 'pull', 'push', 'update'],
  artifact: ['read', 'list', 'create'],
  tag: ['list', 'create'],
  'artifact-label': ['create', 'delete'],
};

const MAINTAINER: Readonly<Record<string, readonly string[]>> = {
  ...DEVELOPER,
  repository: ['read', 'list', 'pull', 'push', 'update', 'delete'],
  artifact: ['read', 'list', 'create', 'delete'],
  tag: ['list', 'create', 'delete'],
  label: ['create', 'read', 'update', 'delete', 'list'],
  metadata: ['create', 'read', 'update', 'delete', 'list'],
  scan: ['read', 'create', 'stop'],
  sbom: ['read', 'create', 'stop'],
  'tag-retention': ['create', 'read', 'update', 'delete', 'list', 'operate'],
  'immutable-tag': ['create', 'update', 'delete', 'list'],
  'notification-policy': READS,
};

const BY_ROLE: Readonly<Record<number, Readonly<Record<string, readonly string[]>>>> = {
  2: DEVELOPER,
  3: GUEST,
  4: MAINTAINER,
  5: LIMITED_GUEST,
};

const PROJECT_ADMIN = 1;

/** Roles of the caller in the project, the most powerful first; a sysadmin is an administrator of each. */
export function rolesIn(store: Store, caller: Caller, project: ProjectRow): number[] {
  if (caller.kind !== 'user') return [];
  const member = store.members.find('entity', `${project.id}/u${caller.user.id}`);
  const roles = member ? [member.roleId] : [];
  return caller.user.sysadmin && !roles.includes(PROJECT_ADMIN) ? [PROJECT_ADMIN, ...roles] : roles;
}

export function isSysadmin(caller: Caller): boolean {
  return caller.kind === 'user' && caller.user.sysadmin;
}

/** Whether the caller may do this to something of the project. */
export function mayInProject(
  store: Store,
  caller: Caller,
  project: ProjectRow,
  resource: string,
  action: string,
): boolean {
  if (project.metadata['public'] === 'true' && PUBLIC[resource]?.includes(action)) return true;
  if (caller.kind === 'robot')
    return caller.robot.permissions.some(
      (permission) => coversProject(permission, project) && grants(permission, resource, action),
    );
  return rolesIn(store, caller, project).some(
    (role) => role === PROJECT_ADMIN || BY_ROLE[role]?.[resource]?.includes(action),
  );
}

/** Whether the caller may do this at system level: a sysadmin everything, a robot what its pairs for `/` name. */
export function mayInSystem(caller: Caller, resource: string, action: string): boolean {
  if (caller.kind !== 'robot') return isSysadmin(caller);
  return caller.robot.permissions.some(
    (permission) => permission.kind === 'system' && grants(permission, resource, action),
  );
}

function coversProject(permission: RobotPermission, project: ProjectRow): boolean {
  return permission.kind === 'project' && (permission.namespace === '*' || permission.namespace === project.name);
}

function grants(permission: RobotPermission, resource: string, action: string): boolean {
  return permission.access.some(
    (access) =>
      access.effect !== 'deny' &&
      (access.resource === '*' || access.resource === resource) &&
      (access.action === '*' || access.action === action),
  );
}
