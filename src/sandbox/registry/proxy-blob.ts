import { Readable } from 'node:stream';
import { HarborError, internalError } from '../errors';
import type { ConnectionLimit } from './connection-limit';
import { sniffContentType } from './content-sniff';
import type { Exchange, Registry } from './exchange';
import { repositoryAtUpstream } from './proxy-cache';
import { healthyUpstream, libraryRepository, openUpstream, refuseFiltered } from './proxy-upstream';
import { pullLocalBlob } from './pull';
import { redirectTo } from './redirect';
import { throttle } from './throttle';
import { UpstreamError } from './upstream-client';

/** Go's server adds a Content-Length to a response up to this size if the handler set none. */
const GO_BUFFER_BYTES = 2048;

/**
 * A blob of any project (docs/harbor-behavior.md 10.8): from the local repository if it has it, else passed through.
 *
 *     client          sandbox                                        upstream
 *       │  GET blob ────►│  in this repository: sent from the store   │
 *       │                │  else ── /v2/, token, GET blob ───────────►│   1: for the client
 *       │                │       ── /v2/, token, GET blob ───────────►│   2: for the cache, independent of 1
 *       │◄── bytes of 1 ─│                                            │
 *       │                │  bytes of 2 ──► digest right? ──► stored   │
 *
 * What the client gets is not verified here: a cut or wrong blob reaches it, and the client finds the digest to
 * be wrong.
 */
export async function pullBlob(registry: Registry, limit: ConnectionLimit, exchange: Exchange): Promise<unknown> {
  const { path, project, reply } = exchange;
  const { repository, reference: digest } = path;
  const library = libraryRepository(registry.context, project, repository);
  if (library) return redirectTo(exchange, `/v2/${library}/blobs/${digest}`);
  refuseFiltered(registry.context, project, repository);
  const row = healthyUpstream(registry.context, project);
  if (!row || registry.local.blobSize(repository, digest) !== undefined) return pullLocalBlob(registry, exchange);
  const release = limit.acquire(project, repository, digest);
  try {
    const upstream = await openUpstream(registry.context, row, registry.closing);
    const opened = upstream.openBlob(repositoryAtUpstream(project, repository), digest);
    const remote = await registry.proxy.asking(repository, digest, opened);
    reply.raw.once('close', () => {
      remote.body.destroy();
      release();
    });
    const { blobHeaders } = registry.context.features;
    const onBreak = blobHeaders ? breakOff : writeError;
    const chunks = untilBroken(throttle(remote.body, project), remote.sizeBytes, onBreak);
    const kept = registry.proxy.keepBlob({ project, repository, reference: digest, upstream });
    const [head] = await Promise.all([readHead(chunks), kept]);
    if (blobHeaders) describeBlob(exchange, remote.sizeBytes);
    return sendProxied(exchange, head, chunks);
  } catch (error) {
    release();
    throw relay(error);
  }
}

/**
 * Sends the upstream's body as Go's server would: the handler sets its headers after the body, so they are lost unless
 * the body is empty, the type is guessed, and only short responses have a length.
 */
function sendProxied({ path, reply }: Exchange, head: Head, rest: AsyncGenerator<Buffer, void>): unknown {
  if (head.bytes.length === 0 && head.broken === undefined) {
    const digest = path.reference;
    return reply.headers({ 'docker-content-digest': digest, etag: digest, 'content-length': 0 }).send();
  }
  reply.header('content-type', sniffContentType(head.bytes));
  if (head.isAll) return reply.send(head.bytes);
  return reply.send(Readable.from(withHead(head, rest), { objectMode: false }));
}

/** Newer versions set the headers before the body, so the client gets them. */
function describeBlob({ path, reply }: Exchange, sizeBytes: number): void {
  const digest = path.reference;
  reply.headers({ 'docker-content-digest': digest, etag: digest, 'content-length': sizeBytes });
}

/** Harbor's error text follows the bytes that arrived. */
function writeError(): Buffer {
  return Buffer.from(internalError('the upstream broke off').body());
}

/** The client expects the announced length, so the connection ends early. */
function breakOff(): never {
  throw new Error('the upstream broke off');
}

/** Exactly the announced bytes, and the behavior when the upstream closes the connection early. */
async function* untilBroken(body: Readable, sizeBytes: number, onBreak: () => Buffer): AsyncGenerator<Buffer, void> {
  let left = sizeBytes;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (left <= 0) break;
      yield chunk.subarray(0, left);
      left -= chunk.length;
    }
  } catch {
    // what is missing is told by the count
  }
  if (left > 0) yield onBreak();
}

/** What arrived before Go's buffer was full: it decides whether the answer can have a length. */
interface Head {
  readonly bytes: Buffer;
  readonly isAll: boolean;
  /** The client sees the error only after the bytes that arrived. */
  readonly broken?: Error;
}

/**
 * Go's server knows the length of an answer only if all of it fits into its buffer before the handler returns.
 */
async function readHead(chunks: AsyncGenerator<Buffer, void>): Promise<Head> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  while (sizeBytes <= GO_BUFFER_BYTES) {
    const next = await chunks.next().catch((cause: unknown) => ({ broken: cause as Error }));
    if ('broken' in next) return { bytes: Buffer.concat(parts), isAll: false, broken: next.broken };
    if (next.done) return { bytes: Buffer.concat(parts), isAll: true };
    parts.push(next.value);
    sizeBytes += next.value.length;
  }
  return { bytes: Buffer.concat(parts), isAll: false };
}

/**
 * The part that was read before the answer began, then the rest. An error in it reaches the client only after
 * these bytes.
 */
async function* withHead(head: Head, rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  yield head.bytes;
  if (head.broken !== undefined) throw head.broken;
  yield* rest;
}

/** Blobs have no fallback: 401, 403, 404 and 429 are passed through, everything else is 500. */
function relay(error: unknown): unknown {
  if (!(error instanceof UpstreamError)) return error;
  switch (error.kind) {
    case 'unauthorized':
      return new HarborError('UNAUTHORIZED', error.message);
    case 'forbidden':
      return new HarborError('FORBIDDEN', error.message);
    case 'not-found':
      return new HarborError('NOT_FOUND', error.message);
    case 'rate-limited':
      return new HarborError('TOO_MANY_REQUEST', error.message);
    case 'other':
      return internalError(error.message);
  }
}
