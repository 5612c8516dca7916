import type { Exchange } from './exchange';

/** Go's http.Redirect: 301 with a relative Location and, for GET, a line of HTML. */
export function redirectTo({ request, reply }: Exchange, location: string): unknown {
  reply.code(301).headers({ location, 'content-type': 'text/html; charset=utf-8' });
  return request.method === 'HEAD' ? reply.send() : reply.send(`<a href="${location}">Moved Permanently</a>.\n\n`);
}
