import type { Identity } from '../harbor';

/** Both, if a robot and a user were given: some requests need the user. */
export function describeIdentity({ robot, user, harborVersion }: Identity): string {
  const who = [
    robot && `robot ${robot.name}`,
    user && `user ${user.username}${user.sysadmin ? ' (system administrator)' : ''}`,
  ];
  return `${who.filter(Boolean).join(' and ')} on Harbor ${harborVersion ?? '(version unknown)'}`;
}
