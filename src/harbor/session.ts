import { IdentityError, NetworkError } from '../errors';
import { targetOf } from './address';
import { apiError, type Answer } from './answer';
import { basic, NOBODY } from './credentials';
import type { Authentication, Transport } from './transport';

/** A login session: what a user's requests go by, because Basic costs Harbor 110 ms of hashing a request. */
export interface Session {
  readonly sid: string;
  /**
   * The value of the cookie `_gorilla_csrf` and the token that belongs to it. Harbor asks a write for both as soon as
   * there is a `sid` cookie; the pair from before the login stays valid (recording session/writes).
   */
  readonly csrf: { readonly cookie: string; readonly token: string };
}

/** Logging in by session does not work here; Basic does. `unavailable` is fit for a person. */
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
    // Something in front lets /api through and not /c: no reason to give up, Basic does the same slower.
    if (error instanceof NetworkError && (error.code === 'NETWORK_REDIRECT' || error.code === 'NETWORK_RESET')) {
      return { unavailable: error.message };
    }
    throw error;
  }
}

export async function logOut(transport: Transport, session: Session): Promise<void> {
  await transport.send({ method: 'GET', target: '/c/log_out', authentication: bySession(session), maxTries: 1 });
}

export function bySession({ sid, csrf }: Session): Authentication {
  return {
    by: 'session',
    headers: { cookie: `sid=${sid}; _gorilla_csrf=${csrf.cookie}`, 'x-harbor-csrf-token': csrf.token },
    secrets: [sid, csrf.cookie, csrf.token],
  };
}

/**
 * True where a session's answer shows that the session is gone. Harbor does not refuse then: it goes on as
 * anonymous, and public lists are answered 200 with less in them. But it starts a new session, and says so
 * with a `sid` cookie, which no answer to a living session carries (beego's SessionStart).
 */
export function isSessionDead(answer: Answer): boolean {
  return answer.by === 'session' && (answer.status === 401 || cookieOf(answer, 'sid') !== undefined);
}

/**
 * True where Harbor refused a write for its CSRF token, before it looked at anything else. Several cores behind one name
 * do it where each has a key of its own (`CSRF_KEY` in core's environment).
 */
export function isCsrfRefused(answer: Answer): boolean {
  return answer.by === 'session' && answer.status === 403 && /CSRF token/.test(apiError(answer).message);
}

/**
 * The login knows users alone and refuses a robot's right secret: Basic tells who it is, by 412 for a robot. Names do
 * not: the prefix of robots is a setting.
 */
async function refused(transport: Transport, username: string, password: string): Promise<NoSession> {
  const authentication = basic('user', username, password);
  const { status } = await transport.send({ method: 'GET', target: targetOf('/users/current'), authentication });
  if (status === 412) throw robotAsUser(username);
  if (status === 401) throw wrongPassword(username);
  return { unavailable: 'POST /c/login returned 401' };
}

function sessionIn(answer: Answer, username: string, csrf: Session['csrf']): Session | NoSession {
  if (isOidcRedirect(answer)) throw noPassword(username);
  const sid = cookieOf(answer, 'sid');
  if (answer.status === 200 && sid) return { sid, csrf };
  return { unavailable: answer.status < 400 ? 'POST /c/login returned no session' : apiError(answer).message };
}

export function wrongPassword(username: string): IdentityError {
  return new IdentityError(
    `Harbor does not accept the password of user ${username}`,
    'check the secret of harbor.password; Harbor locks the name for 1.5 s after each failure',
  );
}

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

/** The last cookie of that name that an answer sets. Anything but a plain token is no cookie of Harbor's. */
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
