import type { RobotSpec } from '../../kinds';
import type { Upstream } from '../client';

/**
 * Why a robot cannot pull from these private projects, one sentence each; empty if it can.
 * Only declared permissions are read, so it works without a connection to Harbor.
 */
export function pullProblems(robot: RobotSpec, upstreams: readonly Upstream[]): string[] {
  const closed = upstreams.filter(({ isPublic }) => !isPublic).map(({ project }) => project);
  if (closed.length === 0) return [];
  if (robot.disable === true) return [`the robot is disabled, and ${closed.join(', ')} is private`];
  return [...new Set(closed)]
    .filter((project) => !mayPull(accessIn(robot, project)))
    .map((project) => `${project} is private, and the robot may not pull from it: clients get 401 or 403`);
}

/**
 * A project robot has only the permissions of its project; a system robot those for the project or for all projects.
 */
function accessIn({ project: own, access = [], projects = {} }: RobotSpec, project: string): readonly string[] {
  if (own !== undefined) return own === project ? access : [];
  return [...(projects[project] ?? []), ...(projects['*'] ?? [])];
}

function mayPull(access: readonly string[]): boolean {
  return access.some((one) => ['repository:pull', 'repository:*', '*:pull', '*:*'].includes(one));
}
