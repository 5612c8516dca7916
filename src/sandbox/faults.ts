import type { FastifyInstance } from 'fastify';

/** Makes the sandbox misbehave as the specifications say. */
export function installFaults(_app: FastifyInstance, _specifications: readonly string[]): void {}
