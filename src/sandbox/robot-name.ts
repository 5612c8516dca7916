import { configuredText } from './configuration';
import type { RobotRow } from './rows';
import { robotKey, type Store } from './store';

/** `robot$ci` for a system robot, `robot$project+ci` for a project's. */
export function robotFullName(store: Store, robot: Pick<RobotRow, 'name' | 'level' | 'projectId'>): string {
  const prefix = configuredText(store, 'robot_name_prefix');
  if (robot.level === 'system') return prefix + robot.name;
  return `${prefix}${store.projects.get(robot.projectId)?.name ?? ''}+${robot.name}`;
}

export function findRobot(store: Store, fullName: string): RobotRow | undefined {
  const prefix = configuredText(store, 'robot_name_prefix');
  if (!fullName.startsWith(prefix)) return undefined;
  const [first = '', second] = fullName.slice(prefix.length).split('+', 2);
  if (second === undefined) return store.robots.find('key', robotKey(0, first));
  const project = store.projects.find('name', first);
  return project && store.robots.find('key', robotKey(project.id, second));
}
