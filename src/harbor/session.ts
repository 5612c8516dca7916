import { IdentityError, NetworkError } from '../errors';
import { apiError, type Answer } from './answer';
import type { Authentication, Transport } from './transport';

/** A login session: what a user's reads go by, because Basic costs Harbor 110 ms of hashing a request. */
export interface Session {
  readonly sid: string;
}

/** Logging in by session does not work here; reading by Basic does. `reason` is fit for a person. */
export interface NoSession {
  readonly unavailable: string;
}

/** Harbor refuses these characters in the names of users; the names of robots hold them. */
const NO_USER = /[$~#%,"]/;

const NOBODY: Authentication = { by: 'nobody', headers: {}, secrets: [] };

/**
 * Harbor's login, as its portal does it (recording session/login):
 * 1. `GET /c/login` answers 404, and with it the cookie `_gorilla_csrf` and the header `X-Harbor-CSRF-Token`.
 * 2. `POST /c/login` as a form, with that cookie and that header, answers 200 and two `sid` cookies: the
 *    first is the anonymous session, the last one counts.
 * @throws IdentityError when Harbor says that the password is wrong or that this user has none
 */
export async function logIn(transport: Transport, username: string, password: string): Promise<Session | NoSession> {
  try {
    const page = await transport.send({ method: 'GET', target: '/c/login', authentication: NOBODY });
    const csrf = cookieOf(page, '_gorilla_csrf');
    const token = page.headers['x-harbor-csrf-token'];
    if (!csrf || typeof token !== 'string')
      return { unavailable: `GET /c/login answers ${page.status} without a CSRF token` };
    const answer = await transport.send({
      method: 'POST',
      target: '/c/login',
      authentication: NOBODY,
      repeatable: true,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-harbor-csrf-token': token,
        cookie: `_gorilla_csrf=${csrf}`,
      },
      body: new URLSearchParams({ principal: username, password }).toString(),
      secrets: [password, encodeURIComponent(password)],
    });
    return sessionIn(answer, username);
  } catch (error) {
    // Something in front lets /api through and not /c: no reason to give up, Basic does the same slower.
    if (error instanceof NetworkError && (error.code === 'NETWORK_REDIRECT' || error.code === 'NETWORK_RESET')) {
      return { unavailable: error.message };
    }
    throw error;
  }
}

export async function logOut(transport: Transport, { sid }: Session): Promise<void> {
  await transport.send({ method: 'GET', target: '/c/log_out', authentication: bySession({ sid }), maxTries: 1 });
}

export function bySession({ sid }: Session): Authentication {
  return { by: 'session', headers: { cookie: `sid=${sid}` }, secrets: [sid] };
}

/**
 * True where a session's answer shows that the session is gone. Harbor does not refuse then: it goes on as
 * anonymous, and public lists are answered 200 with less in them. But it starts a new session, and says so
 * with a `sid` cookie, which no answer to a living session carries (beego's SessionStart).
 */
export function isSessionDead(answer: Answer): boolean {
  return answer.by === 'session' && (answer.status === 401 || cookieOf(answer, 'sid') !== undefined);
}

function sessionIn(answer: Answer, username: string): Session | NoSession {
  if (answer.status === 401) {
    // The login knows users alone: a robot's right secret is refused here, and Basic tells who it is.
    if (NO_USER.test(username)) return { unavailable: `${username} is not the name of a user` };
    throw wrongPassword(username);
  }
  if (isOidcRedirect(answer)) throw noPassword(username);
  const sid = cookieOf(answer, 'sid');
  if (answer.status === 200 && sid) return { sid };
  return { unavailable: answer.status < 400 ? 'POST /c/login answers without a session' : apiError(answer).message };
}

export function wrongPassword(username: string): IdentityError {
  return new IdentityError(
    `Harbor does not accept the password of user ${username}`,
    'check the secret that harbor.password points at; Harbor locks a name for 1.5 s after each failure',
  );
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
