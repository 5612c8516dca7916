import type { FastifyInstance } from 'fastify';
import type { Context } from '../context';
import { register as ping } from './ping';

/** All route modules: a file of this folder that is not listed here does not exist. */
const modules: readonly ((app: FastifyInstance, context: Context) => void)[] = [ping];

export function registerApi(app: FastifyInstance, context: Context): void {
  for (const register of modules) register(app, context);
}
