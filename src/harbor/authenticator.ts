import { IdentityError } from '../errors';
import { once } from '../once';
import type { ClientOptions } from './client-options';
import { basic, NOBODY } from './credentials';
import { bySession, logIn, logOut, type Session } from './session';
import type { Authentication, Transport } from './transport';

/** Chooses how a request is authenticated. Only this module has the secrets. */
export interface Authenticator {
  /** For a GET: the robot, else the user's session, else the user's Basic if sessions do not work. */
  forRead(as: 'user' | undefined): Promise<Authentication>;
  /** For a write: the robot, else the user's session with its CSRF token, else Basic. */
  forWrite(as: 'user' | undefined): Promise<Authentication>;
  /** Both a robot and a user were given; the user may do what the robot may not. */
  readonly hasBoth: boolean;
  /** From now on reads use the user's session, even if a robot was given: it sees everything and costs less. */
  readByUser(): void;
  /** After a response that showed that the session `dead` is gone: the user's next method. */
  afterDeath(dead: Authentication): Promise<Authentication>;
  /** After a write that was refused because of its CSRF token: from now on writes use the password. */
  withoutCsrf(): Promise<Authentication>;
  /** Logs out, if there is a session. Best effort: it also expires after Harbor's `session_timeout`. */
  end(): Promise<void>;
}

/** The part of the options that concerns logins. */
type Given = Pick<ClientOptions, 'robot' | 'user' | 'onNotice'>;
type UserCredential = NonNullable<Given['user']>;

/**
 * More logins than this mean that sessions do not survive here (a Redis that evicts keys, two Redis servers behind one
 * name).
 */
const MAX_LOGINS = 3;

/**
 * Which login a request gets. Secrets are asked for once, at the first request that needs them.
 *
 *                      robot only   robot and user             user only
 *     read             robot        robot; session after       session
 *                                   `readByUser`
 *     write            robot        robot                      session
 *     `as: 'user'`     error        session                    session
 *
 *     session ──► response shows that it is gone ──► new login, at most 3 in all ──► Basic for the rest
 *     session ──► write refused for its CSRF token ──► writes by Basic, reads keep the session
 */
export function createAuthenticator(given: Given, transport: Transport): Authenticator {
  const robot = given.robot && once(async () => basic('robot', given.robot!.name, await given.robot!.secret()));
  const user = given.user && userLogin(given.user, transport, given.onNotice);
  let readsByUser = false;
  let writesByPassword = false;
  return {
    hasBoth: robot !== undefined && user !== undefined,
    readByUser: () => void (readsByUser = user !== undefined),
    async forRead(as) {
      if (as === 'user' && !user) return refuseRobot(given);
      if (robot && as !== 'user' && !readsByUser) return robot();
      return user ? user.bySession() : NOBODY;
    },
    async forWrite(as) {
      if (as === 'user' && !user) return refuseRobot(given);
      if (robot && as !== 'user') return robot();
      if (!user) return NOBODY;
      return writesByPassword ? user.byPassword() : user.bySession();
    },
    async afterDeath(dead) {
      user!.replaceSession(dead);
      return user!.bySession();
    },
    async withoutCsrf() {
      if (!writesByPassword)
        given.onNotice?.({
          code: 'SESSION_UNAVAILABLE',
          message: 'Harbor refuses the CSRF token of its own login, so writes use the password and are slower',
        });
      writesByPassword = true;
      return user!.byPassword();
    },
    end: async () => user?.end(),
  };
}

/** A user with a login session if Harbor keeps sessions, else with the password. */
function userLogin({ username, password: ask }: UserCredential, transport: Transport, onNotice: Given['onNotice']) {
  const password = once(ask);
  const byPassword = once(async () => basic('user', username, await password()));
  let logins = 0;
  let current: Promise<Session | undefined> | undefined;
  let living: Session | undefined;
  const notice = (code: 'SESSION_UNAVAILABLE' | 'SESSION_RENEWED', message: string): void =>
    onNotice?.({ code, message });

  async function logInOnce(): Promise<Session | undefined> {
    logins++;
    const result = await logIn(transport, username, await password());
    if ('sid' in result) return (living = result);
    notice(
      'SESSION_UNAVAILABLE',
      `no login session, so each request uses the password and is slower: ${result.unavailable}`,
    );
    return undefined;
  }

  return {
    byPassword,
    async bySession(): Promise<Authentication> {
      current ??= logInOnce();
      const session = await current;
      return session ? bySession(session) : byPassword();
    },
    /** Many requests notice the same lost session: the first one logs in again, the others wait for it. */
    replaceSession(dead: Authentication): void {
      if (!living || dead.headers['cookie'] !== bySession(living).headers['cookie']) return;
      living = undefined;
      const mayLogIn = logins < MAX_LOGINS;
      if (mayLogIn) notice('SESSION_RENEWED', 'the login session ended early: logging in again');
      else notice('SESSION_UNAVAILABLE', 'login sessions keep ending, so each request uses the password and is slower');
      current = mayLogIn ? logInOnce() : Promise.resolve(undefined);
    },
    async end(): Promise<void> {
      const session = living;
      living = undefined;
      if (session) await logOut(transport, session).catch(() => undefined);
    },
  };
}

function refuseRobot(given: Given): never {
  throw new IdentityError(
    given.robot
      ? `a robot cannot do this in Harbor, and ${given.robot.name} is the only credential`
      : 'only a user can do this in Harbor, and no user is declared',
    'declare a system administrator in harbor.username and harbor.password in addition to the robot',
  );
}
