import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, cookies, resolveCaller } from '../access/caller';
import { configuredFlag } from '../configuration';
import type { Context } from '../context';
import { ERROR_CONTENT_TYPE, HarborError, internalError } from '../errors';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any handler of `/api/` runs. */
    caller: Caller;
  }
}

/**
 * What every request passes through: request id, the `sid` cookie, authentication, CSRF, read-only mode and the format
 * of errors.
 *
 *     browser                                   sandbox
 *       │  GET /c/login (no cookie) ──────────►│
 *       │◄── 404, Set-Cookie: sid, _gorilla_csrf; X-Harbor-CSRF-Token: T
 *       │  POST /c/login, both cookies, T ────►│  name and password right?
 *       │◄── 200, Set-Cookie: sid of the session (the last one counts)
 *       │  GET /api/… with sid ───────────────►│  user of the session
 *       │  PUT /api/… with sid, without T ────►│  403 CSRF token not found in request
 *       │  PUT /api/… with sid, _gorilla_csrf, T ──► handled
 *
 *     curl with Basic and no cookie: no CSRF check for /api/, /v2/ and /service/
 *     curl with Basic and a stored sid: the check applies
 */
export function installFrontDoor(app: FastifyInstance, context: Context): void {
  app.decorateRequest('caller');
  const anonymousSids = createAnonymousSids();
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.headers['x-request-id'] ?? randomUUID());
    const jar = cookies(request.headers);
    const { sid } = jar;
    const lives = sid !== undefined && (anonymousSids.issued(sid) || context.store.sessions.find('sid', sid));
    if (!lives) addSidCookie(reply, anonymousSids.issue());
    if (request.url.startsWith('/api/')) request.caller = await resolveCaller(context, request.headers);
    protectAgainstCsrf(request, reply, jar);
    refuseWhenReadOnly(context, request);
  });
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof HarborError)) context.onError(error);
    return sendError(reply, error);
  });
}

/** An error of the sandbox itself is 500 like one of Harbor, because the client must not get a stack. */
export function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  const known = error instanceof HarborError ? error : internalError(String(error));
  reply.code(known.status).headers(known.headers);
  const body = known.body();
  return body === '' ? reply.send() : reply.header('content-type', ERROR_CONTENT_TYPE).send(Buffer.from(body));
}

/** 128 random bits. It is the whole proof of a session. */
export function newSid(): string {
  return randomBytes(16).toString('hex');
}

/** Harbor creates a session for every request without one; here the sid itself shows that it was issued. */
function createAnonymousSids(): { issue(): string; issued(sid: string): boolean } {
  const key = randomBytes(32).toString('hex');
  const seal = (half: string): string => hash('sha256', key + half).slice(0, 16);
  return {
    issue: () => {
      const half = randomUUID().replaceAll('-', '').slice(0, 16);
      return half + seal(half);
    },
    issued: (sid) => sid.length === 32 && seal(sid.slice(0, 16)) === sid.slice(16),
  };
}

/**
 * Beego sets one on every response to a request without a live session (SessionStart); of several, the last one counts.
 */
export function addSidCookie(reply: FastifyReply, sid: string): void {
  reply.header('set-cookie', `sid=${sid}; Path=/; HttpOnly`);
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const CSRF_LIFETIME_S = 12 * 3600;

/** A session cookie enables the CSRF check for the API, also in addition to Basic (docs/harbor-behavior.md 2.5). */
function protectAgainstCsrf(request: FastifyRequest, reply: FastifyReply, jar: Readonly<Record<string, string>>): void {
  if (/^\/(v2|api|service)(\/|$)/.test(request.url) && jar['sid'] === undefined) return;
  const secret = jar['_gorilla_csrf'] ?? issueCsrfCookie(reply);
  reply.header('x-harbor-csrf-token', csrfToken(secret));
  if (SAFE_METHODS.has(request.method)) return;
  const token = request.headers['x-harbor-csrf-token'];
  if (token === undefined || token === '') throw new HarborError('FORBIDDEN', 'CSRF token not found in request');
  if (token !== csrfToken(secret)) throw new HarborError('FORBIDDEN', 'CSRF token invalid');
}

/** The secret is stored nowhere: the token is calculated from it, and both are compared when they come back. */
function issueCsrfCookie(reply: FastifyReply): string {
  const secret = randomBytes(32).toString('base64url');
  const expires = new Date(Date.now() + CSRF_LIFETIME_S * 1000).toUTCString();
  reply.header(
    'set-cookie',
    `_gorilla_csrf=${secret}; Path=/; Expires=${expires}; Max-Age=${CSRF_LIFETIME_S}; HttpOnly; SameSite=Strict`,
  );
  return secret;
}

/**
 * Gorilla masks its token differently in each response. A hash serves the same purpose here, because tokens are
 * only compared.
 */
function csrfToken(secret: string): string {
  return hash('sha256', secret, 'base64');
}

const WRITABLE_WHEN_READ_ONLY = /^(PUT \/api\/v2\.0\/configurations|POST \/c\/login|POST \/service\/token)([/?]|$)/;

/** A few routes stay writable, so that the mode can be ended. */
function refuseWhenReadOnly({ store }: Context, request: FastifyRequest): void {
  if (SAFE_METHODS.has(request.method) || !configuredFlag(store, 'read_only')) return;
  if (WRITABLE_WHEN_READ_ONLY.test(`${request.method} ${request.url}`)) return;
  throw new HarborError('DENIED', 'The system is in read only mode. Any modification is prohibited.');
}
