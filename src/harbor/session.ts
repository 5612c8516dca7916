import { IdentityError, NetworkError } from '../errors';
import { targetOf } from './address';
import { apiError, isHarbors, type Answer } from './answer';
import { basic, NOBODY } from './credentials';
import type { Authentication, Transport } from './transport';

/** A login session for a user's requests, because Basic costs Harbor 110 ms of hashing per request. */
export interface Session {
  readonly sid: string;
  /**
   * The value of the cookie `_gorilla_csrf` and its token. Harbor requires both for a write as soon as there is a `sid`
   * cookie; the pair from before the login stays valid (recording session/writes).
   */
  readonly csrf: { readonly cookie: string; readonly token: string };
}

/** Session login does not work here, but Basic does. `unavailable` can be shown to people. */
export interface NoSession {
  readonly unavailable: string;
}

/**
 * Harbor's login, as its portal does it (recording session/login):
 * 1. `GET /c/login` answers 404, and with it the cookie `_gorilla_csrf` and the header `X-Harbor-CSRF-Token`.
 * 2. `POST /c/login` as a form, with that cookie and that header, answers 200 and two `sid` cookies: the
 *    first is the anonymous session, the last one counts.
 * 3. Every later request carries both cookies and the header: Harbor then takes each kind of write.
 * @throws IdentityError when Harbor says that the password is wrong, that this user has none or is a robot
 */
export async function logIn(transport: Transport, username: string, password: string): Promise<Session | NoSession> {
  try {
    const page = await transport.send({ method: 'GET', target: '/c/login', authentication: NOBODY });
    const cookie = cookieOf(page, '_gorilla_csrf');
    const token = page.headers['x-harbor-csrf-token'];
    if (!cookie || typeof token !== 'string')
      return { unavailable: `GET /c/login returned ${page.status} without a CSRF token` };
    const answer = await transport.send({
      method: 'POST',
      target: '/c/login',
      authentication: NOBODY,
      repeatable: true,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-harbor-csrf-token': token,
        cookie: `_gorilla_csrf=${cookie}`,
      },
      body: new URLSearchParams({ principal: username, password }).toString(),
      secrets: [password, encodeURIComponent(password)],
    });
    return answer.status === 401
      ? await refused(transport, username, password)
      : sessionIn(answer, username, { cookie, token });
  } catch (error) {
    // A proxy in front allows /api but not /c: not an error, because Basic works, only slower.
    if (error instanceof NetworkError && (error.code === 'NETWORK_REDIRECT' || error.code === 'NETWORK_RESET')) {
      return { unavailable: error.message };
    }
    throw error;
  }
}

/** One try: the session also expires by itself. Harbor's logout is a GET (recording session/login). */
export async function logOut(transport: Transport, session: Session): Promise<void> {
  await transport.send({ method: 'GET', target: '/c/log_out', authentication: bySession(session), maxTries: 1 });
}

/** Reads carry the CSRF token too, although they do not need it. */
export function bySession({ sid, csrf }: Session): Authentication {
  return {
    by: 'session',
    headers: { cookie: `sid=${sid}; _gorilla_csrf=${csrf.cookie}`, 'x-harbor-csrf-token': csrf.token },
    secrets: [sid, csrf.cookie, csrf.token],
  };
}

/**
 * True if a session's response shows that the session is gone. Harbor does not refuse it but continues as anonymous,
 * and returns public lists with fewer items. But it starts a new session with a `sid` cookie, which no response to a
 * live session contains (beego's SessionStart).
 */
export function isSessionDead(answer: Answer): boolean {
  return answer.by === 'session' && (answer.status === 401 || cookieOf(answer, 'sid') !== undefined);
}

/**
 * True if Harbor refused a write because of its CSRF token, before it checked anything else. This happens with several
 * cores behind one name that each have their own key (`CSRF_KEY` in core's environment).
 */
export function isCsrfRefused(answer: Answer): boolean {
  return answer.by === 'session' && answer.status === 403 && /CSRF token/.test(apiError(answer).message);
}

/**
 * The login only accepts users and refuses a robot's correct secret: Basic shows which it is, with 412 for a robot.
 * Names do not, because the prefix of robots is a setting.
 */
async function refused(transport: Transport, username: string, password: string): Promise<NoSession> {
  const authentication = basic('user', username, password);
  const answer = await transport.send({ method: 'GET', target: targetOf('/users/current'), authentication });
  if (answer.status === 412 && isHarbors(answer)) throw robotAsUser(username);
  if (answer.status === 401 && isHarbors(answer)) throw wrongPassword(username);
  return { unavailable: 'POST /c/login returned 401' };
}

/** Harbor redirects users of OpenID Connect to their provider. A password of theirs can never work. */
function sessionIn(answer: Answer, username: string, csrf: Session['csrf']): Session | NoSession {
  if (isOidcRedirect(answer)) throw noPassword(username);
  const sid = cookieOf(answer, 'sid');
  if (answer.status === 200 && sid) return { sid, csrf };
  return { unavailable: answer.status < 400 ? 'POST /c/login returned no session' : apiError(answer).message };
}

/** Also for a user that does not exist: Harbor's 401 does not distinguish them. */
export function wrongPassword(username: string): IdentityError {
  return new IdentityError(
    `Harbor does not accept the password of user ${username}`,
    'check the secret of harbor.password; Harbor locks the name for 1.5 s after each failure',
  );
}

/** Harbor's 412 on `GET /users/current` shows that the name is a robot's (docs/harbor-behavior.md 2.1). */
export function robotAsUser(name: string): IdentityError {
  return new IdentityError(`${name} is a robot, not a user`, 'set harbor.robot instead of harbor.username');
}

function noPassword(username: string): IdentityError {
  return new IdentityError(
    `user ${username} logs in through OIDC and has no password in Harbor`,
    'use the local administrator (admin), or a robot',
  );
}

/** OIDC users are sent to their provider: 403 with a `redirect_location` (core/controllers/base.go). */
function isOidcRedirect({ status, json }: Answer): boolean {
  return status === 403 && typeof (json as { redirect_location?: unknown } | undefined)?.redirect_location === 'string';
}

/** The last cookie of that name in a response. Only a plain token is one of Harbor's cookies. */
function cookieOf({ headers }: Answer, name: string): string | undefined {
  const lines = headers['set-cookie'];
  const all = Array.isArray(lines) ? lines : lines === undefined ? [] : [lines];
  const values = all
    .map((line) => line.split(';', 1)[0]!.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
    .filter((value) => /^[\w!#$%&'*+.^`|~/:=-]+$/.test(value));
  return values.at(-1);
}
