import type { FastifyInstance } from 'fastify';

export function register(app: FastifyInstance): void {
  app.get('/api/v2.0/ping', (_request, reply) => reply.header('content-type', 'text/plain').send('Pong'));
}
