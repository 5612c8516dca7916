import { IdentityError } from '../errors';
import type { ClientOptions } from './client-options';
import { basic, NOBODY } from './credentials';
import { bySession, logIn, logOut, type Session } from './session';
import type { Authentication, Transport } from './transport';

/** Chooses by what a request is authenticated. Holds the secrets; nobody else does. */
export interface Authenticator {
  /** For a GET: the robot, else the user's session, else the user's Basic where sessions do not work. */
  forRead(as: 'user' | undefined): Promise<Authentication>;
  /** For anything that changes something: Basic and never a cookie. */
  forWrite(as: 'user' | undefined): Promise<Authentication>;
  /** A robot was given and a user beside it, who may do what the robot may not. */
  readonly hasBoth: boolean;
  /** After an answer that showed `dead` to be gone: the next way to read. */
  afterDeath(dead: Authentication): Promise<Authentication>;
  /** Logs out, if there is a session. Best effort: it ends by itself after Harbor's `session_timeout`. */
  end(): Promise<void>;
}

type Given = Pick<ClientOptions, 'robot' | 'user' | 'onNotice'>;

/** More logins than this mean that sessions do not survive here (a Redis that evicts, two Redis behind one name). */
const MAX_LOGINS = 3;

export function createAuthenticator(given: Given, transport: Transport): Authenticator {
  const robot = given.robot && once(async () => basic('robot', given.robot!.name, await given.robot!.secret()));
  const password = given.user && once(given.user.password);
  const user = given.user && once(async () => basic('user', given.user!.username, await password!()));
  let logins = 0;
  let current: Promise<Session | undefined> | undefined;
  let currentSid: string | undefined;

  async function logInOnce(): Promise<Session | undefined> {
    logins++;
    const result = await logIn(transport, given.user!.username, await password!());
    if ('sid' in result) {
      currentSid = result.sid;
      return result;
    }
    given.onNotice?.({
      code: 'SESSION_UNAVAILABLE',
      message: `no login session, reads go by password and are slower: ${result.unavailable}`,
    });
    return undefined;
  }

  async function readAsUser(): Promise<Authentication> {
    current ??= logInOnce();
    const session = await current;
    return session ? bySession(session) : user!();
  }

  /** Many reads see the same death: the first one logs in again, the others wait for it. */
  function replaceSession(dead: Authentication): void {
    if (currentSid === undefined || dead.headers['cookie'] !== bySession({ sid: currentSid }).headers['cookie']) return;
    currentSid = undefined;
    const mayLogIn = logins < MAX_LOGINS;
    given.onNotice?.(
      mayLogIn
        ? { code: 'SESSION_RENEWED', message: 'the login session ended early: logging in again' }
        : { code: 'SESSION_UNAVAILABLE', message: 'login sessions keep ending: reads go by password and are slower' },
    );
    current = mayLogIn ? logInOnce() : Promise.resolve(undefined);
  }

  return {
    hasBoth: robot !== undefined && user !== undefined,
    async forRead(as) {
      if (as === 'user' && !user) return refuseRobot(given);
      // What is left for the user beside a robot are a few reads: not worth a login.
      if (robot) return as === 'user' ? user!() : robot();
      return user ? readAsUser() : NOBODY;
    },
    async forWrite(as) {
      if (as === 'user' && !user) return refuseRobot(given);
      const chosen = as === 'user' ? user : (robot ?? user);
      return chosen ? chosen() : NOBODY;
    },
    async afterDeath(dead) {
      replaceSession(dead);
      return readAsUser();
    },
    async end() {
      const sid = currentSid;
      currentSid = undefined;
      if (sid !== undefined) await logOut(transport, { sid }).catch(() => undefined);
    },
  };
}

function refuseRobot(given: Given): never {
  throw new IdentityError(
    given.robot
      ? `Harbor lets no robot do this, and only the robot ${given.robot.name} is given`
      : 'Harbor lets only a user do this, and none is given',
    'name a system administrator in harbor.username and harbor.password beside the robot',
  );
}

/** Secrets are asked for at most once, and not before they are needed. A failure is not remembered. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}
