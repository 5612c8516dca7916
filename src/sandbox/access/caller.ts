import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from '../context';
import { findRobot, robotFullName } from './robot-name';
import type { RobotRow, UserRow } from '../store/rows';
import { matchesSecret } from '../store/secret';
import { configuredText } from '../configuration';

/**
 * The authenticated caller. Wrong credentials are not an error: Harbor continues as for anonymous
 * (docs/harbor-behavior.md 2.1).
 */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly user: UserRow }
  | { readonly kind: 'robot'; readonly robot: RobotRow; readonly fullName: string };

const ANONYMOUS: Caller = { kind: 'anonymous' };

/** How long Harbor sleeps after a wrong password (src/core/auth/authenticator.go). */
const WRONG_PASSWORD_DELAY_MS = 1500;

/** As sent: neither is known to be right. */
export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * RFC 7617. `undefined` for another scheme, for text that is not Base64, and for a pair without a colon. The
 * name ends at the first colon: a password may contain more of them.
 */
export function parseBasic(authorization: string | undefined): BasicCredentials | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(authorization ?? '')?.[1];
  if (!encoded) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) return undefined;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/**
 * The caller for a username and a password. Waits Harbor's 1.5 s when a user's password is wrong.
 *
 *     name begins with robot_name_prefix   robot, or anonymous           no wait
 *     user with this password              user
 *     robot with this secret               robot                         only with an empty prefix
 *     anything else                        anonymous                     after 1.5 s
 *
 * The result is never an error. The caller of this function decides what an anonymous caller may do.
 */
export async function authenticate(context: Context, { username, password }: BasicCredentials): Promise<Caller> {
  const { store, clock } = context;
  const prefix = configuredText(store, 'robot_name_prefix');
  if (prefix !== '' && username.startsWith(prefix)) return authenticateRobot(context, username, password);
  const user = store.users.find('username', username);
  if (user && matchesSecret(password, user.password)) return { kind: 'user', user };
  const robot = authenticateRobot(context, username, password);
  if (robot.kind === 'robot') return robot;
  await clock.sleep(WRONG_PASSWORD_DELAY_MS);
  return ANONYMOUS;
}

/**
 * A disabled or expired robot counts as anonymous, like a wrong secret: Harbor does not say why a robot is not
 * accepted.
 */
function authenticateRobot({ store, clock }: Context, username: string, secret: string): Caller {
  const robot = findRobot(store, username);
  if (!robot || robot.disabled || !matchesSecret(secret, robot.secret)) return ANONYMOUS;
  if (robot.expiresAt !== -1 && robot.expiresAt * 1000 <= clock.now()) return ANONYMOUS;
  return { kind: 'robot', robot, fullName: robotFullName(store, robot) };
}

/**
 * First match wins: Basic (robot, then user), then the session cookie.
 * A session therefore does not replace Basic, but it stands in for Basic that failed.
 */
export async function resolveCaller(context: Context, headers: IncomingHttpHeaders): Promise<Caller> {
  const basic = parseBasic(headers.authorization);
  if (basic) {
    const caller = await authenticate(context, basic);
    if (caller.kind !== 'anonymous') return caller;
  }
  return callerOfSession(context, cookies(headers)['sid']) ?? ANONYMOUS;
}

/** Undefined also if the user was deleted: the session is worth nothing then. */
function callerOfSession({ store }: Context, sid: string | undefined): Caller | undefined {
  const session = sid === undefined ? undefined : store.sessions.find('sid', sid);
  const user = session && store.users.get(session.userId);
  return user && { kind: 'user', user };
}

/** By name, not decoded. Of two cookies with the same name the last one counts. */
export function cookies(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const pair of headers.cookie?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals >= 0) found[pair.slice(0, equals).trim()] = pair.slice(equals + 1).trim();
  }
  return found;
}

/** The caller's name in Harbor's messages and tokens; empty for anonymous. */
export function callerName(caller: Caller): string {
  switch (caller.kind) {
    case 'anonymous':
      return '';
    case 'user':
      return caller.user.username;
    case 'robot':
      return caller.fullName;
  }
}
