import type { FastifyInstance } from 'fastify';

const PAGE = `<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8" />
    <title>404 Not Found</title>
  </head>
  <body>
    <h1>404 Not Found</h1>
    <p>The page you have requested does not exist: this registry speaks only version 2 of the protocol, below /v2/.</p>
  </body>
</html>
`;

/** Clients that fall back to Docker's first registry API get this page. */
export function registerOldApi(app: FastifyInstance): void {
  for (const url of ['/v1', '/v1/*']) {
    app.all(url, (_request, reply) => reply.code(404).type('text/html; charset=utf-8').send(PAGE));
  }
}
