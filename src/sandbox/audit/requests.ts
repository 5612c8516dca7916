import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerName } from '../access/caller';
import type { Context } from '../context';
import { audit, type AuditEvent } from './entries';

/** What an entry needs before the request changes it, such as the name of a user that it deletes. */
const NAMES = new WeakMap<FastifyRequest, string>();

const USER = /^\/api\/v2\.0\/users\/(\d+)(\/password|\/sysadmin)?$/;
const SUFFIXES: Readonly<Record<string, string>> = {
  '/sysadmin': ', add/remove user as system administrator',
  '/password': ', change user password',
};
const OPERATIONS = { POST: 'create', PUT: 'update', DELETE: 'delete' } as const;

/** Requests for users and the configuration are recorded with request and response, including refused ones. */
export function auditRequests(app: FastifyInstance, context: Context): void {
  app.addHook('preHandler', async (request) => {
    const id = USER.exec(request.url)?.[1];
    if (id !== undefined && request.method === 'DELETE') NAMES.set(request, nameOf(context, id));
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const event = eventOf(context, request, String(reply.getHeader('location') ?? ''));
    const successful = [200, 201].includes(reply.statusCode);
    if (event) audit(context, callerName(request.caller), { ...event, successful });
    return payload;
  });
}

/**
 * Only the configuration and users are logged by request; other events come from their handlers. Undefined: not
 * logged.
 */
function eventOf(context: Context, request: FastifyRequest, location: string): AuditEvent | undefined {
  const { method, url } = request;
  if (!(method in OPERATIONS)) return undefined;
  const operation = OPERATIONS[method as keyof typeof OPERATIONS];
  if (url === '/api/v2.0/configurations' && operation === 'update') {
    const resource = 'configuration';
    return { projectId: 0, operation, resource, resourceType: resource, operationDescription: `update ${resource}` };
  }
  const [, id, action = ''] = USER.exec(operation === 'create' ? location : url) ?? [];
  if (url !== '/api/v2.0/users' && !USER.test(url)) return undefined;
  const resource = id === undefined ? '' : (NAMES.get(request) ?? nameOf(context, id));
  const suffix = operation === 'update' ? (SUFFIXES[action] ?? '') : '';
  const operationDescription = `${operation} user with name: ${resource}${suffix}`;
  return { projectId: 0, operation, resource, resourceType: 'user', operationDescription };
}

function nameOf({ store }: Context, id: string): string {
  return store.users.get(Number(id))?.username ?? id;
}

/** A login is recorded under the name that was typed, whether it succeeded or not. */
export function auditLogin(context: Context, form: string, successful: boolean): void {
  const name = /principal=(.*?)&password/.exec(form)?.[1] ?? '';
  session(context, 'login', name, successful);
}

/** Only for a session that exists: `/c/log_out` without one is 200 and leaves no entry. */
export function auditLogout(context: Context, name: string): void {
  session(context, 'logout', name, true);
}

/** Also for failed logins, with `successful` false. */
function session(context: Context, operation: 'login' | 'logout', name: string, successful: boolean): void {
  const event = {
    projectId: 0,
    operation,
    resource: name,
    resourceType: 'user',
    operationDescription: operation,
  } as const;
  audit(context, name, { ...event, successful });
}
