import type { FastifyInstance } from 'fastify';
import type { Context } from '../context';

/** Mounts the registry side: `/v2/`, `/service/token`. */
export function registerRegistry(_app: FastifyInstance, _context: Context): void {}
