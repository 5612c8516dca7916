import { auditArtifact } from '../audit/entries';
import { getArtifact } from './artifacts';
import { SMALL_BYTES } from '../context/blob-memory';
import type { ByteRange } from '../context/blob-store';
import { isDigest } from '../context/digest';
import type { Exchange, Registry } from './exchange';
import { MEDIA_TYPE } from './manifest';
import { checkPullPolicy } from './pull-policy';
import { API_VERSION, quoted, sendBlobUnknown, sendDistributionError } from './wire';

/** Harbor's own client: its pulls, such as those of a replication, are not counted. */
const OWN_USER_AGENT = 'harbor-registry-client';
const A_YEAR = 'max-age=31536000';

/**
 * Serves a manifest from the local store.
 * @throws HarborError 404, 412
 */
export async function pullLocalManifest(registry: Registry, exchange: Exchange): Promise<unknown> {
  const { path, project, request, reply, isScanner } = exchange;
  const artifact = getArtifact(registry.context.store, path.repository, path.reference);
  if (!isScanner) await checkPullPolicy(registry.context, project, artifact);
  if (matchesEtag(request.headers['if-none-match'], artifact.digest)) return reply.code(304).send();
  const refusal = refusedMediaType(artifact.manifestMediaType, request.headers.accept);
  if (refusal) return sendDistributionError(reply, 404, { code: 'MANIFEST_UNKNOWN', message: refusal });
  const bytes = await registry.local.blobs.read(artifact.digest);
  reply.headers({
    ...API_VERSION,
    'content-type': artifact.manifestMediaType,
    'content-length': bytes.length,
    'docker-content-digest': artifact.digest,
    etag: quoted(artifact.digest),
  });
  if (request.method === 'HEAD') return reply.send();
  if (request.headers['user-agent'] !== OWN_USER_AGENT) {
    const tag = isDigest(path.reference) ? undefined : path.reference;
    registry.pulls.record(artifact, tag);
    auditArtifact(registry.context, exchange.username, 'pull', artifact, tag);
  }
  return reply.send(bytes);
}

/** Serves a blob from the local store, completely or in part. */
export async function pullLocalBlob(registry: Registry, { path, request, reply }: Exchange): Promise<unknown> {
  const { repository, reference: digest } = path;
  const sizeBytes = registry.local.blobSize(repository, digest);
  if (sizeBytes === undefined) return sendBlobUnknown(reply, digest);
  reply.headers({
    ...API_VERSION,
    'content-type': 'application/octet-stream',
    'docker-content-digest': digest,
    'accept-ranges': 'bytes',
    'cache-control': A_YEAR,
    etag: quoted(digest),
  });
  if (matchesEtag(request.headers['if-none-match'], digest)) return reply.code(304).removeHeader('content-type').send();
  const range = parseRange(request.headers.range, sizeBytes);
  if (range === 'unsatisfiable') {
    return reply
      .code(416)
      .headers({ 'content-range': `bytes */${sizeBytes}`, 'content-type': 'text/plain; charset=utf-8' })
      .send('invalid range: failed to overlap\n');
  }
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
  reply.header('content-length', range ? range.end - range.start + 1 : sizeBytes);
  if (request.method === 'HEAD') return reply.send();
  const { blobs } = registry.local;
  if (sizeBytes > SMALL_BYTES) return reply.send(blobs.stream(digest, range));
  const bytes = await blobs.read(digest);
  return reply.send(range ? bytes.subarray(range.start, range.end + 1) : bytes);
}

/** Harbor accepts the digest quoted or not. */
export function matchesEtag(header: string | undefined, digest: string): boolean {
  return header === digest || header === quoted(digest);
}

/**
 * The backend returns 404 for an OCI manifest if the client's Accept does not name it; a wildcard does not count
 * (docs/harbor-behavior.md 10.4). Docker's own types are served: Harbor requests them by digest, so nothing is
 * rewritten.
 */
export function refusedMediaType(mediaType: string, accept: string | undefined): string | undefined {
  const accepted = (accept ?? '').split(',').map((part) => part.split(';')[0]?.trim());
  if (accepted.includes(mediaType)) return undefined;
  if (mediaType === MEDIA_TYPE.ociManifest) {
    return 'OCI manifest found, but accept header does not support OCI manifests';
  }
  if (mediaType === MEDIA_TYPE.ociIndex) return 'OCI index found, but accept header does not support OCI indexes';
  return undefined;
}

/** One range of a Range header; undefined for none, several or an invalid one: then the whole blob is sent. */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (!match || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  return start > end ? 'unsatisfiable' : { start, end };
}
