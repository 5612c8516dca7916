import type { FastifyReply } from 'fastify';
import { artifactPushed, deleteArtifactAs } from './events';
import { HarborError } from '../errors';
import { requirePushableTag } from '../immutable/matcher';
import { scanAfterPush } from '../scanning/scans';
import { getArtifact } from './artifacts';
import { DigestMismatchError } from '../context/blob-store';
import { digestOf, isDigest } from '../context/digest';
import type { Exchange, Registry } from './exchange';
import { publicOrigin } from './exchange';
import { MissingReferencesError } from './local-registry';
import type { Manifest } from './manifest';
import { ManifestInvalidError, parseManifest } from './manifest';
import { requireRoom } from './quota';
import { API_VERSION, sendBlobUnknown, sendDistributionError } from './wire';

/** The backend's own limit. */
const MAX_MANIFEST_BYTES = 4 << 20;

/** @throws HarborError 403: only Harbor itself may write to a proxy cache */
export function refusePushToProxy({ project }: Exchange): void {
  if (project.registryId > 0) {
    throw new HarborError('DENIED', `denied: can not push artifact to a proxy project: ${project.name}`);
  }
}

/** POST …/blobs/uploads/: starts an upload, or mounts a blob of another repository if it exists. */
export function startUpload(registry: Registry, exchange: Exchange): unknown {
  refusePushToProxy(exchange);
  const { path, project, query, reply } = exchange;
  const digest = query.get('mount');
  const sizeBytes = digest && path.mountFrom ? registry.local.blobSize(path.mountFrom, digest) : undefined;
  if (digest && sizeBytes !== undefined) {
    registry.local.linkBlob(project, path.repository, { digest, sizeBytes });
    return sendBlobCreated(exchange, digest);
  }
  return sendUploadState(registry, exchange, registry.local.blobs.startUpload(), reply.code(202));
}

/** PATCH: a chunk. Content-Range is ignored, as in the backend. */
export async function appendToUpload(registry: Registry, exchange: Exchange): Promise<unknown> {
  const { blobs } = registry.local;
  const id = exchange.path.reference;
  if (blobs.uploadedBytes(id) === undefined) return sendUploadUnknown(exchange.reply);
  await blobs.append(id, exchange.request.raw);
  return sendUploadState(registry, exchange, id, exchange.reply.code(202));
}

/**
 * GET …/blobs/uploads/ID: how much has arrived. Clients ask for it before they continue an interrupted upload.
 */
export function showUpload(registry: Registry, exchange: Exchange): unknown {
  const id = exchange.path.reference;
  if (registry.local.blobs.uploadedBytes(id) === undefined) return sendUploadUnknown(exchange.reply);
  return sendUploadState(registry, exchange, id, exchange.reply.code(204));
}

/** DELETE …/blobs/uploads/ID. A client that ends without it leaves the bytes until the sandbox starts again. */
export async function cancelUpload(registry: Registry, { path, reply }: Exchange): Promise<unknown> {
  if (registry.local.blobs.uploadedBytes(path.reference) === undefined) return sendUploadUnknown(reply);
  await registry.local.blobs.cancel(path.reference);
  return reply
    .code(204)
    .headers({ ...API_VERSION, 'docker-upload-uuid': path.reference })
    .send();
}

/**
 * PUT: the rest of the bytes, or all of them, and the digest that they must match.
 *
 *     POST uploads/ ──► 202 Location      PATCH Location ──► 202, Range: 0-N      (any number of times)
 *     PUT Location?digest=D ──► 201       the digest is verified here, for the first time
 *                           ──► 400       DIGEST_INVALID: nothing is stored
 *                           ──► 403       the quota has no room for the announced bytes
 *
 * OCI distribution specification, "Pushing a blob in chunks". A single POST with all bytes only starts an
 * upload, which the specification allows.
 */
export async function finishUpload(registry: Registry, exchange: Exchange): Promise<unknown> {
  const { path, project, query, request, reply } = exchange;
  const { blobs } = registry.local;
  const received = blobs.uploadedBytes(path.reference);
  if (received === undefined) return sendUploadUnknown(reply);
  const digest = query.get('digest') ?? '';
  if (!isDigest(digest)) return sendDigestInvalid(reply, digest === '' ? 'digest missing' : 'digest parsing failed');
  const announced = received + Number(request.headers['content-length'] ?? 0);
  requireRoom(registry.context.store, project.id, [{ digest, sizeBytes: announced }]);
  await blobs.append(path.reference, request.raw);
  try {
    const sizeBytes = await blobs.commit(path.reference, digest);
    registry.local.linkBlob(project, path.repository, { digest, sizeBytes });
  } catch (error) {
    if (error instanceof DigestMismatchError) return sendDigestInvalid(reply, { Digest: digest, Reason: {} });
    throw error;
  }
  return sendBlobCreated(exchange, digest);
}

/** PUT …/manifests/REFERENCE. */
export async function putManifest(registry: Registry, exchange: Exchange): Promise<unknown> {
  refusePushToProxy(exchange);
  const { path, project, request, reply } = exchange;
  if (!isDigest(path.reference)) requirePushableTag(registry.context.store, path.repository, path.reference);
  const bytes = await readBody(exchange);
  if (!bytes && registry.context.features.limitsBodies)
    throw new HarborError('REQUEST_ENTITY_TOO_LARGE', 'request entity too large');
  if (!bytes) return sendDistributionError(reply, 400, { code: 'MANIFEST_INVALID', message: 'manifest invalid' });
  const manifest = parse(request.headers['content-type'] ?? '', bytes);
  const digest = digestOf(bytes);
  if (isDigest(path.reference) && path.reference !== digest) return sendDigestInvalid(reply, undefined);
  try {
    const stored = await registry.local.putManifest(project, path.repository, path.reference, manifest);
    // Also for a manifest that already existed; only the proxy cache sends no event then.
    scanAfterPush(registry.context, stored.artifact);
    const tag = isDigest(path.reference) ? undefined : path.reference;
    artifactPushed(registry.context, exchange.username, stored.artifact, tag);
    if (stored.subjectDigest !== undefined) reply.header('oci-subject', stored.subjectDigest);
  } catch (error) {
    if (error instanceof MissingReferencesError) return sendBlobsUnknown(reply, error.digests);
    throw error;
  }
  return reply
    .code(201)
    .headers({
      ...API_VERSION,
      location: `${publicOrigin(exchange)}/v2/${path.repository}/manifests/${digest}`,
      'docker-content-digest': digest,
    })
    .send();
}

/** DELETE …/manifests/DIGEST. @throws HarborError 400 for a tag, 404, 412 */
export function deleteManifest({ context }: Registry, { path, reply, username }: Exchange): unknown {
  if (!isDigest(path.reference)) {
    const message = `unsupported digest ${path.reference}: invalid checksum digest format`;
    throw new HarborError('UNSUPPORTED', message);
  }
  deleteArtifactAs(context, username, getArtifact(context.store, path.repository, path.reference));
  return reply.code(202).send();
}

/** DELETE …/blobs/DIGEST: only this repository drops it; the quota is updated at the next deletion. */
export function deleteBlob({ local }: Registry, { path, reply }: Exchange): unknown {
  if (!local.unlinkBlob(path.repository, path.reference)) return sendBlobUnknown(reply, path.reference);
  return reply.code(202).headers(API_VERSION).send();
}

/** 400, with distribution's code. */
function parse(contentType: string, bytes: Buffer): Manifest {
  try {
    return parseManifest(contentType, bytes);
  } catch (error) {
    if (!(error instanceof ManifestInvalidError)) throw error;
    throw new HarborError('MANIFEST_INVALID', `unmarshal manifest failed: ${error.message}`);
  }
}

/**
 * Undefined for a manifest over the limit. All of it is read, so that the client gets the answer and no reset.
 */
async function readBody({ request }: Exchange): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.raw as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= MAX_MANIFEST_BYTES) chunks.push(chunk);
  }
  return sizeBytes > MAX_MANIFEST_BYTES ? undefined : Buffer.concat(chunks);
}

/**
 * `range` of an upload without bytes is `0-0`, as in distribution. `_state` is not signed here, and clients
 * send it back unread.
 */
function sendUploadState(registry: Registry, exchange: Exchange, id: string, reply: FastifyReply): unknown {
  const { repository } = exchange.path;
  const received = registry.local.blobs.uploadedBytes(id) ?? 0;
  const state = Buffer.from(JSON.stringify({ Name: repository, UUID: id, Offset: received })).toString('base64url');
  return reply
    .headers({
      ...API_VERSION,
      location: `${publicOrigin(exchange)}/v2/${repository}/blobs/uploads/${id}?_state=${state}`,
      range: `0-${Math.max(0, received - 1)}`,
      'docker-upload-uuid': id,
    })
    .send();
}

/** Also for a blob that was there: clients do not distinguish them. */
function sendBlobCreated(exchange: Exchange, digest: string): unknown {
  const { path, reply } = exchange;
  return reply
    .code(201)
    .headers({
      ...API_VERSION,
      location: `${publicOrigin(exchange)}/v2/${path.repository}/blobs/${digest}`,
      'docker-content-digest': digest,
    })
    .send();
}

/** For an upload that was cancelled, finished or never begun: distribution does not tell which. */
function sendUploadUnknown(reply: FastifyReply): unknown {
  return sendDistributionError(reply, 404, {
    code: 'BLOB_UPLOAD_UNKNOWN',
    message: 'blob upload unknown to registry',
  });
}

function sendDigestInvalid(reply: FastifyReply, detail: unknown): unknown {
  const message = 'provided digest did not match uploaded content';
  return sendDistributionError(reply, 400, { code: 'DIGEST_INVALID', message, detail });
}

function sendBlobsUnknown(reply: FastifyReply, digests: readonly string[]): unknown {
  const message = 'blob unknown to registry';
  const errors = digests.map((detail) => ({ code: 'MANIFEST_BLOB_UNKNOWN', message, detail }));
  return sendDistributionError(reply, 400, ...errors);
}
