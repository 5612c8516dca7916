import type { FastifyInstance, FastifyReply } from 'fastify';
import { auditLogin, auditLogout } from '../audit/requests';
import { authenticate, cookies } from '../access/caller';
import type { Context } from '../context';
import { addSidCookie, newSid } from './front-door';
import { scopeNamed } from './scope';

/** For a person who opens the URL in a browser, and for every path that Harbor's portal would answer with a page. */
const PAGE = `<!DOCTYPE html>
<html>
  <head><meta charset="utf-8"><title>Harbor stand-in</title></head>
  <body>
    <h1>This is a stand-in for Harbor, without its portal</h1>
    <p>The API answers below <code>/api/v2.0/</code>, the registry below <code>/v2/</code>.</p>
  </body>
</html>
`;

/** Everything outside the API and the registry: the version, login sessions and pages. */
export function registerPortal(app: FastifyInstance, context: Context): void {
  app.get('/api/version', (_request, reply) =>
    reply.header('content-type', 'text/plain; charset=utf-8').send('{"version":"v2.0"}\n'),
  );
  app.get('/', (_request, reply) => sendPage(reply, 200));
  app.setNotFoundHandler((_request, reply) => sendPage(reply, 404));
  app.register(
    scopeNamed('login', async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
      registerLogin(scope, context);
    }),
  );
}

/** Harbor's core has no page for GET, but its 404 carries the CSRF cookie and token that the POST needs. */
function registerLogin(app: FastifyInstance, context: Context): void {
  const { store } = context;
  app.post('/c/login', async (request, reply) => {
    const text = typeof request.body === 'string' ? request.body : '';
    const form = new URLSearchParams(text);
    const caller = await authenticate(context, {
      username: form.get('principal') ?? '',
      password: form.get('password') ?? '',
    });
    auditLogin(context, text, caller.kind === 'user');
    if (caller.kind !== 'user') return reply.code(401).send();
    const sid = newSid();
    store.sessions.insert({ sid, userId: caller.user.id });
    addSidCookie(reply, sid);
    return reply.code(200).send();
  });
  app.get('/c/log_out', (request, reply) => {
    const session = store.sessions.find('sid', cookies(request.headers)['sid'] ?? '');
    const user = session && store.users.get(session.userId);
    if (user) auditLogout(context, user.username);
    if (session) store.sessions.remove(session.id);
    return reply.code(200).send();
  });
}

function sendPage(reply: FastifyReply, status: number): FastifyReply {
  return reply.code(status).header('content-type', 'text/html; charset=utf-8').send(Buffer.from(PAGE));
}
