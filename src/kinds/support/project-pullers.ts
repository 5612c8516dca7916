import type { CheckContext, Finding } from '../kind';

interface Robot {
  readonly project?: string;
  readonly disable?: boolean;
  readonly access?: readonly string[];
  readonly projects?: Readonly<Record<string, readonly string[]>>;
}

/** A private proxy cache that nobody declared may pull from: each pull is answered 401, by a Harbor that is well. */
export function checkPullers(
  project: { readonly name: string; readonly public?: boolean; readonly registry?: string },
  context: CheckContext,
): Finding[] {
  if (!context.all || project.public !== false || project.registry === undefined) return [];
  const members = context.all('project-member') as readonly { readonly project: string }[];
  if (members.some((member) => member.project === project.name)) return [];
  if ((context.all('robot') as readonly Robot[]).some((robot) => mayPull(robot, project.name))) return [];
  return [
    {
      rule: 'nobody-may-pull',
      severity: 'warning',
      field: 'public',
      message: 'the project is private, and no declared robot or member may pull from it',
      hint: 'declare a robot with repository:pull here, or members; or public: true',
    },
  ];
}

/** Every role of a member may pull. */
function mayPull(robot: Robot, name: string): boolean {
  if (robot.disable === true) return false;
  const ofSystem = [...(robot.projects?.['*'] ?? []), ...(robot.projects?.[name] ?? [])];
  const pairs = robot.project === undefined ? ofSystem : robot.project === name ? (robot.access ?? []) : [];
  return pairs.includes('repository:pull');
}
