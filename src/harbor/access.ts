import type { Identity } from './client';
import type { RobotPermissionWire } from './wire';

/** What a kind needs for each thing that is done with it: a robot's `resource:action`, or `user` where no robot may. */
export interface NeededAccess {
  readonly read: string;
  readonly create: string;
  readonly update: string;
  readonly remove: string;
}

export interface AccessQuestion {
  readonly name: string;
  readonly access: NeededAccess;
}

export type Action = keyof NeededAccess;

/**
 * Who may do it. `partly`: the robot, in the projects named in `where`, or the user, wherever the user is a
 * project's administrator. `unknown`: Harbor would not say, and asking for real would change something.
 */
export interface Verdict {
  readonly may: 'robot' | 'user' | 'partly' | 'nobody' | 'unknown';
  readonly where?: readonly string[];
  /** What is missing, for `nobody`: the pair to give the robot, or that a user is needed. */
  readonly missing?: string;
}

export interface AccessRow {
  readonly kind: string;
  readonly read: Verdict;
  readonly create: Verdict;
  readonly update: Verdict;
  readonly remove: Verdict;
}

/** What is known about a robot beyond its name. */
export interface RobotKnowledge {
  /** Its own permissions, where it may read itself. */
  readonly permissions?: readonly RobotPermissionWire[];
  /** Else, by resource: whether a harmless read was answered (200) or refused (403). */
  readonly probes?: Readonly<Record<string, boolean>>;
}

/** What the credentials can and cannot manage, a row for each kind. Pure: everything was asked before. */
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

/** Nothing that is granted within a project ever covers these. */
const SYSTEM_ONLY = new Set(['registry', 'user-group', 'user', 'quota', 'configuration']);

function robotVerdict({ permissions, probes }: RobotKnowledge, needed: string, action: Action): Verdict {
  if (permissions) return grantedTo(permissions, needed);
  const answered = probes?.[resourceOf(needed)];
  // Who may not even read will not be able to write; who may read may still not be able to.
  if (answered === false) return { may: 'nobody', missing: needed };
  return { may: answered && action === 'read' ? 'robot' : 'unknown' };
}

/** A pair counts for the system (`/`), for all projects (`*`), or for the projects that are named. */
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
