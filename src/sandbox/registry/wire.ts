import type { FastifyReply } from 'fastify';
import { ERROR_CONTENT_TYPE } from '../api/errors';

/** Sent by the backend registry and by refusals, but not by what Harbor answers or proxies itself. */
export const API_VERSION = { 'docker-distribution-api-version': 'registry/2.0' } as const;

export interface DistributionError {
  readonly code: string;
  readonly message: string;
  readonly detail?: unknown;
}

/** An error as the backend registry words it: with a detail, and with its API version. */
export function sendDistributionError(
  reply: FastifyReply,
  status: number,
  ...errors: readonly DistributionError[]
): FastifyReply {
  return reply
    .code(status)
    .headers(API_VERSION)
    .header('content-type', ERROR_CONTENT_TYPE)
    .send(Buffer.from(JSON.stringify({ errors }) + '\n'));
}

export function sendBlobUnknown(reply: FastifyReply, digest: string): FastifyReply {
  return sendDistributionError(reply, 404, {
    code: 'BLOB_UNKNOWN',
    message: 'blob unknown to registry',
    detail: digest,
  });
}

/** What the backend's router says to a path that it knows and a method that it does not. */
export function sendMethodNotAllowed(reply: FastifyReply, allowed: readonly string[]): FastifyReply {
  const allow = [...allowed, 'OPTIONS'].sort().join(', ');
  return reply
    .code(405)
    .headers({ ...API_VERSION, allow, 'content-type': 'text/plain; charset=utf-8' })
    .send('Method not allowed\n');
}

/** Go's encoder ends every document with a newline. */
export function sendJson(reply: FastifyReply, body: object): FastifyReply {
  if (!reply.hasHeader('content-type')) reply.header('content-type', ERROR_CONTENT_TYPE);
  return reply.send(Buffer.from(JSON.stringify(body) + '\n'));
}

export function quoted(text: string): string {
  return `"${text}"`;
}
