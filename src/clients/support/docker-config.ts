import type { RenderInput, RobotLogin } from '../client';
import { harborHost } from './rendering';

/** A Docker config.json with one login; nothing if the secret was not requested. */
export function dockerConfig(input: Pick<RenderInput, 'harborUrl' | 'robot'>): string | undefined {
  const { robot } = input;
  if (robot?.secret === undefined) return undefined;
  return `${JSON.stringify({ auths: { [harborHost(input)]: authEntry(robot) } }, null, 2)}\n`;
}

function authEntry({ username, secret = '' }: RobotLogin): object {
  return { auth: Buffer.from(`${username}:${secret}`, 'utf8').toString('base64') };
}
