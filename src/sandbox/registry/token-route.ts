import type { FastifyInstance } from 'fastify';
import { configuredNumber } from '../configuration';
import type { Context } from '../context';
import type { RegistryAction, Subject } from './access';
import { basicSubject, scannerSubject } from './access';
import type { TokenAccess } from '../context/token-service';
import { SERVICE } from '../context/token-service';
import { sendJson } from './wire';
import { scopeNamed } from '../server/scope';

const ACTIONS: readonly RegistryAction[] = ['pull', 'push', 'delete', 'scanner-pull'];
const TEXT = 'text/plain; charset=utf-8';

/**
 * `GET /service/token`: the granted actions are everything that the caller may do, not what was requested
 * (docs/harbor-behavior.md 2.8).
 */
export function registerTokenRoute(app: FastifyInstance, context: Context): void {
  app.get('/service/token', async (request, reply) => {
    const query = new URL(request.url, 'http://harbor').searchParams;
    const service = query.get('service') ?? '';
    if (service !== SERVICE) {
      return reply
        .code(400)
        .type(TEXT)
        .send(escapeHtml(`Unable to handle service: ${service}`));
    }
    const subject = scannerSubject(context, request.headers) ?? (await basicSubject(context, request.headers));
    const scopes = query.getAll('scope').flatMap((scope) => scope.split(' '));
    if (subject.name === '' && scopes.length === 0) return reply.code(401).send();
    const access = scopes.filter((scope) => scope !== '').map((scope) => grant(context, subject, parseScope(scope)));
    return sendJson(reply, await answer(context, subject.name, access));
  });
  void app.register(
    scopeNamed('token', async (scope) => {
      // Older Docker clients POST a form; it is always refused.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
      scope.route({
        method: ['POST', 'PUT', 'PATCH', 'DELETE'],
        url: '/service/token',
        handler: (_request, reply) => reply.code(405).type(TEXT).send('Method Not Allowed\n'),
      });
    }),
  );
}

/**
 * `access_token` is always empty in Harbor, although the specification says that both fields should be equal.
 */
async function answer(context: Context, name: string, access: TokenAccess[]): Promise<object> {
  const nowS = Math.floor(context.clock.now() / 1000);
  const lifetimeS = configuredNumber(context.store, 'token_expiration') * 60;
  return {
    token: await context.tokens.issue(name, access, nowS, lifetimeS),
    access_token: '',
    expires_in: lifetimeS,
    issued_at: new Date(nowS * 1000).toISOString().replace('.000', ''),
  };
}

/** `TYPE:NAME:ACTIONS`. The name may contain colons (a host with a port), so it ends at the last one. */
export function parseScope(scope: string): TokenAccess {
  const [type = '', ...rest] = scope.split(':');
  if (rest.length <= 1) return { type, name: rest[0] ?? '', actions: [] };
  const actions = rest.at(-1) ?? '';
  return { type, name: rest.slice(0, -1).join(':'), actions: actions === '' ? [] : actions.split(',') };
}

/** An unknown type, project or name is not an error: the access is empty. */
function grant({ store }: Context, subject: Subject, asked: TokenAccess): TokenAccess {
  if (asked.type === 'registry' && asked.name === 'catalog' && subject.sysadmin) return asked;
  const [projectName = '', ...repository] = asked.name.split('/');
  const project = store.projects.find('name', projectName);
  if (asked.type !== 'repository' || repository.length === 0 || !project) return { ...asked, actions: [] };
  return { ...asked, actions: ACTIONS.filter((action) => subject.can(project, action)) };
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&#34;', "'": '&#39;' };
  return text.replace(/[<>&"']/g, (character) => entities[character] ?? character);
}
