import type { FastifyReply } from 'fastify';
import { ERROR_CONTENT_TYPE } from '../errors';

/** Sent by the backend registry and with refusals, but not with Harbor's own or proxied responses. */
export const API_VERSION = { 'docker-distribution-api-version': 'registry/2.0' } as const;

/**
 * OCI distribution specification, "Error Codes". `detail` is for the backend; Harbor's own errors have none.
 */
export interface DistributionError {
  readonly code: string;
  readonly message: string;
  readonly detail?: unknown;
}

/** An error in the format of the backend registry: with a detail and with its API version. */
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

/** 404 of the backend. Harbor's own 404 for a missing project has another form and no API version. */
export function sendBlobUnknown(reply: FastifyReply, digest: string): FastifyReply {
  return sendDistributionError(reply, 404, {
    code: 'BLOB_UNKNOWN',
    message: 'blob unknown to registry',
    detail: digest,
  });
}

/** The backend router's response to a known path with an unknown method. */
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

/**
 * An entity tag (RFC 9110, section 8.8.3). Responses of a proxied pull have it without quotes, as in Harbor.
 */
export function quoted(text: string): string {
  return `"${text}"`;
}
