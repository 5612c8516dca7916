import type { Identity } from './client';
import type { RobotPermissionWire } from './wire';

/** The permission that each action of a kind needs: a robot's `resource:action`, or `user` if robots cannot have it. */
export interface NeededAccess {
  readonly read: string;
  readonly create: string;
  readonly update: string;
  readonly remove: string;
}

/** One row that is wanted. `name` is a kind. */
export interface AccessQuestion {
  readonly name: string;
  readonly access: NeededAccess;
}

/** What a plan does to an object, and reading it. */
export type Action = keyof NeededAccess;

/**
 * Who may do it. `partly`: the robot, in the projects named in `where`, or the user, in projects that the user
 * administers. `unknown`: Harbor does not return it, and trying it would change something.
 */
export interface Verdict {
  readonly may: 'robot' | 'user' | 'partly' | 'nobody' | 'unknown';
  readonly where?: readonly string[];
  /** What is missing for `nobody`: the permission to grant to the robot, or that a user is needed. */
  readonly missing?: string;
}

/** One kind, with a verdict for each action. */
export interface AccessRow {
  readonly kind: string;
  readonly read: Verdict;
  readonly create: Verdict;
  readonly update: Verdict;
  readonly remove: Verdict;
}

/** What is known about a robot in addition to its name. */
export interface RobotKnowledge {
  /** Its own permissions, if it may read itself. */
  readonly permissions?: readonly RobotPermissionWire[];
  /** Otherwise, by resource: whether a harmless read succeeded (200) or was refused (403). */
  readonly probes?: Readonly<Record<string, boolean>>;
}

/**
 * Whether `GET /projects` certainly returns every project: Harbor refuses it to nobody, and leaves out what the caller
 * may not see. A robot sees all with any permission for `*`, or with `project:list` in the system.
 */
export function seesAllProjects({ user }: Identity, permissions: readonly RobotPermissionWire[] | undefined): boolean {
  if (user?.sysadmin) return true;
  return (permissions ?? []).some(({ namespace, access }) => {
    const lists = access?.some(
      ({ resource, action, effect }) => effect !== 'deny' && covers(`${resource}:${action}`, 'project:list'),
    );
    return namespace === '*' || (namespace === '/' && lists === true);
  });
}

/** What the credentials can and cannot manage, one row per kind. Pure: all requests were sent before. */
export function accessTable(
  identity: Identity,
  robot: RobotKnowledge,
  kinds: readonly AccessQuestion[],
): readonly AccessRow[] {
  return kinds.map(({ name, access }) => {
    const verdict = (action: Action): Verdict => decide(identity, robot, access[action], action);
    return {
      kind: name,
      read: verdict('read'),
      create: verdict('create'),
      update: verdict('update'),
      remove: verdict('remove'),
    };
  });
}

/**
 * The robot first, because it is what unattended runs use, then the user:
 *
 *     robot may it              ──► robot
 *     user is sysadmin          ──► user
 *     robot partly or unknown   ──► as the robot
 *     only users may            ──► nobody
 *     user is not sysadmin      ──► partly: where the user administers the project, unless it is of the system
 *     otherwise                 ──► as the robot
 */
function decide(identity: Identity, robot: RobotKnowledge, needed: string, action: Action): Verdict {
  const byRobot = identity.robot && needed !== 'user' ? robotVerdict(robot, needed, action) : undefined;
  if (byRobot?.may === 'robot') return byRobot;
  const { user } = identity;
  if (user?.sysadmin) return { may: 'user' };
  if (byRobot && byRobot.may !== 'nobody') return byRobot;
  if (needed === 'user') return { may: 'nobody', missing: 'a user who is system administrator' };
  if (user && !SYSTEM_ONLY.has(resourceOf(needed))) return { may: 'partly' };
  return byRobot ?? { may: 'nobody', missing: 'a system administrator, or a robot that may' };
}

/** Permissions within a project never cover these. */
const SYSTEM_ONLY = new Set(['registry', 'user-group', 'user', 'quota', 'configuration']);

/** Three sources, the best first: the permissions themselves, a list that was tried, nothing. */
function robotVerdict({ permissions, probes }: RobotKnowledge, needed: string, action: Action): Verdict {
  if (permissions) return grantedTo(permissions, needed);
  const answered = probes?.[resourceOf(needed)];
  // A credential that cannot read cannot write; one that can read may still not be able to write.
  if (answered === false) return { may: 'nobody', missing: needed };
  return { may: answered && action === 'read' ? 'robot' : 'unknown' };
}

/** A permission applies to the system (`/`), to all projects (`*`), or to the named projects. */
function grantedTo(permissions: readonly RobotPermissionWire[], needed: string): Verdict {
  const namespaces = permissions
    .filter(({ access }) => access?.some((pair) => covers(`${pair.resource}:${pair.action}`, needed)))
    .map(({ namespace }) => namespace);
  if (namespaces.includes('/') || namespaces.includes('*')) return { may: 'robot' };
  return namespaces.length > 0 ? { may: 'partly', where: namespaces } : { may: 'nobody', missing: needed };
}

/** Harbor lists `*` where everything is granted. */
function covers(granted: string, needed: string): boolean {
  const [resource, action] = granted.split(':');
  const [wantedResource, wantedAction] = needed.split(':');
  return (resource === '*' || resource === wantedResource) && (action === '*' || action === wantedAction);
}

function resourceOf(permission: string): string {
  return permission.split(':', 1)[0]!;
}
