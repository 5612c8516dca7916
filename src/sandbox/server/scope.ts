import type { FastifyInstance } from 'fastify';

type Register = (scope: FastifyInstance) => Promise<void>;

/** Routes of their own. Fastify looks for the name of one that has none among all modules that Node has loaded. */
export function scopeNamed(name: string, register: Register): Register {
  return Object.assign(register, { [Symbol.for('fastify.display-name')]: name });
}
