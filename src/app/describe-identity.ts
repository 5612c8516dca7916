import type { Identity } from '../harbor';

export function describeIdentity({ robot, user, harborVersion }: Identity): string {
  const who = [
    robot && `robot ${robot.name}`,
    user && `user ${user.username}${user.sysadmin ? ' (system administrator)' : ''}`,
  ];
  return `${who.filter(Boolean).join(' and ')} on Harbor ${harborVersion ?? '(version unknown)'}`;
}
