import { configuredText } from '../configuration';
import type { RobotRow } from '../store/rows';
import type { Store } from '../store/store';

/** What callers see: `robot$ci`, `robot$project+ci`. Changing the prefix renames every robot. */
export function robotFullName(store: Store, robot: RobotRow): string {
  return configuredText(store, 'robot_name_prefix') + robot.name;
}

/** By the full name, with the prefix that is configured now. `undefined` for a name without it. */
export function findRobot(store: Store, fullName: string): RobotRow | undefined {
  const prefix = configuredText(store, 'robot_name_prefix');
  return fullName.startsWith(prefix) ? store.robots.find('name', fullName.slice(prefix.length)) : undefined;
}
