import { notFound } from '../errors';
import { deleteArtifact, findArtifact } from './artifacts';
import type { ConnectionLimit } from './connection-limit';
import { tooManyRequests } from './connection-limit';
import { isDigest } from '../context/digest';
import type { Exchange, Registry } from './exchange';
import type { CachedIndex } from './proxy-cache';
import { repositoryAtUpstream } from './proxy-cache';
import { healthyUpstream, libraryRepository, openUpstream, refuseFiltered } from './proxy-upstream';
import { pullLocalManifest } from './pull';
import { redirectTo } from './redirect';
import type { Upstream } from './upstream-client';
import { UpstreamError } from './upstream-client';

type Source =
  | { readonly from: 'local' }
  | { readonly from: 'memory'; readonly index: CachedIndex; readonly digest: string }
  | { readonly from: 'upstream'; readonly upstream: Upstream };

const LOCAL: Source = { from: 'local' };

/**
 * A manifest of any project (docs/harbor-behavior.md 10.2). Any upstream error other than "not found" and "too many
 * requests" falls back to the local copy: an outage does not matter to the client while the image is cached.
 */
export async function pullManifest(registry: Registry, limit: ConnectionLimit, exchange: Exchange): Promise<unknown> {
  const { path, project } = exchange;
  const library = libraryRepository(registry.context, project, path.repository);
  if (library) return redirectTo(exchange, `/v2/${library}/manifests/${path.reference}`);
  refuseFiltered(registry.context, project, path.repository);
  const source = await chooseSource(registry, exchange).catch(relayOrFallBack);
  if (source.from === 'memory') return sendIndex(exchange, source);
  if (source.from === 'local') return pullLocalManifest(registry, exchange);
  const release = limit.acquire(project, path.repository, isDigest(path.reference) ? path.reference : '');
  try {
    const answered = await passThrough(registry, exchange, source.upstream).catch(relayOrFallBack);
    return answered === LOCAL ? await pullLocalManifest(registry, exchange) : exchange.reply;
  } finally {
    release();
  }
}

/**
 * Where a manifest of a proxy cache project comes from. The first line that fits decides:
 *
 * ```
 * registry    reference   HEAD at the upstream   in memory   stored               served from
 * unhealthy   any         not sent                           any                  the store, or 404
 * healthy     digest      not sent                           yes                  the store
 * healthy     any         429                                yes                  the store
 * healthy     any         429                                no                   429
 * healthy     any         404                                yes, and             the store
 *                                                            proxy_cache_local_on_not_found
 * healthy     any         404                                any                  404; some versions delete it
 * healthy     any         200                    the index   any                  memory
 * healthy     any         200                    no          the same digest      the store
 * healthy     any         200                    no          another, or none     the upstream
 * healthy     any         another error                      any                  the store, or 404
 * ```
 */
async function chooseSource(registry: Registry, { path, project }: Exchange): Promise<Source> {
  const { context, proxy } = registry;
  const row = healthyUpstream(context, project);
  if (!row) return LOCAL;
  const { repository, reference } = path;
  const held = findArtifact(context.store, repository, reference);
  const upstream = await openUpstream(context, row, registry.closing);
  if (held && isDigest(reference)) return LOCAL;
  const remote = await headUpstream(upstream, repositoryAtUpstream(project, repository), reference, held !== undefined);
  if (remote === 'rate-limited') return LOCAL;
  if (!remote) {
    if (held && project.metadata['proxy_cache_local_on_not_found'] === 'true') return LOCAL;
    if (held && context.features.forgetsWhatIsGone) deleteArtifact(context, held);
    const tag = isDigest(reference) || reference.includes(':') ? '' : reference;
    throw notFound(`resource not found: repo ${repository}, tag ${tag} not found`);
  }
  const digest = isDigest(reference) ? reference : remote.digest;
  const index = proxy.cachedIndex(repository, digest);
  if (index) return { from: 'memory', index, digest: remote.digest };
  return held?.digest === remote.digest ? LOCAL : { from: 'upstream', upstream };
}

/** A rate limit is not an error while the image is cached. */
async function headUpstream(upstream: Upstream, repository: string, reference: string, isHeld: boolean) {
  try {
    return await upstream.headManifest(repository, reference);
  } catch (error) {
    if (isHeld && error instanceof UpstreamError && error.kind === 'rate-limited') return 'rate-limited';
    throw error;
  }
}

async function passThrough(registry: Registry, exchange: Exchange, upstream: Upstream): Promise<unknown> {
  return exchange.request.method === 'HEAD'
    ? passHead(registry, exchange, upstream)
    : passGet(registry, exchange, upstream);
}

/**
 * A HEAD by tag tells the cache which digest the tag has: only so does a cached index get its tag
 * (docs/harbor-behavior.md 10.5).
 */
async function passHead(registry: Registry, { path, project, reply }: Exchange, upstream: Upstream): Promise<unknown> {
  const { repository, reference } = path;
  const remote = await upstream.headManifest(repositoryAtUpstream(project, repository), reference);
  const tag = isDigest(reference) ? '' : reference;
  if (!remote) throw notFound(`resource not found: the tag ${repository}:${tag} is not found`);
  if (tag !== '') registry.proxy.keepTag(repository, tag, remote.digest);
  return reply
    .headers({
      'content-type': remote.mediaType,
      'content-length': remote.sizeBytes,
      'docker-content-digest': remote.digest,
      etag: remote.digest,
    })
    .send();
}

/** The answer does not wait for the cache, and the cache not for the client. */
async function passGet(registry: Registry, exchange: Exchange, upstream: Upstream): Promise<unknown> {
  const { path, project, reply } = exchange;
  const { repository, reference } = path;
  const remote = await upstream.getManifest(repositoryAtUpstream(project, repository), reference);
  registry.proxy.keepManifest({ project, repository, reference, upstream }, remote, exchange.username);
  // Harbor knows only the digest in the URL here, so a pull by tag gets two empty headers.
  const digest = isDigest(reference) ? reference : '';
  return reply
    .headers({ 'content-type': remote.manifest.mediaType, 'docker-content-digest': digest, etag: digest })
    .send(remote.manifest.bytes);
}

/** From memory, as Harbor from Redis: complete, although the stored index may lack children. */
function sendIndex({ request, reply }: Exchange, source: Extract<Source, { from: 'memory' }>): unknown {
  const { bytes, mediaType } = source.index;
  reply.headers({
    'content-type': mediaType,
    'content-length': bytes.length,
    'docker-content-digest': source.digest,
    etag: source.digest,
  });
  return request.method === 'HEAD' ? reply.send() : reply.send(bytes);
}

/**
 * What the client sees of an outage of the upstream (docs/harbor-behavior.md 10.2): only 404 and 429 are passed
 * on.
 */
function relayOrFallBack(error: unknown): Source {
  if (error instanceof UpstreamError && error.kind === 'rate-limited') throw tooManyRequests();
  if (error instanceof UpstreamError && error.kind === 'not-found') throw notFound(error.message);
  if (error instanceof Error && 'status' in error && (error.status === 404 || error.status === 429)) throw error;
  return LOCAL;
}
