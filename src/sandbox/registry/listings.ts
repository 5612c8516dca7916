import type { FastifyReply } from 'fastify';
import type { Context } from '../context';
import { badRequest, notFound } from '../errors';
import type { AccessoryRow } from '../store/rows';
import { findArtifact, tagsOf } from './artifacts';
import { isDigest } from '../context/digest';
import type { Exchange, Registry } from './exchange';
import { repositoryAtUpstream } from './proxy-cache';
import { healthyUpstream, libraryRepository, openUpstream, refuseFiltered } from './proxy-upstream';
import { redirectTo } from './redirect';
import { type Referrers, UpstreamError } from './upstream-client';
import { sendJson } from './wire';

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

/** GET …/tags/list: for a proxy project the union of local and upstream tags, while the upstream responds. */
export async function listTags(registry: Registry, exchange: Exchange): Promise<unknown> {
  const { path, project, query, reply, request } = exchange;
  const { context } = registry;
  const library = context.features.redirectsTagLists && libraryRepository(context, project, path.repository);
  if (library) return redirectTo(exchange, `/v2/${library}/tags/list`);
  refuseFiltered(context, project, path.repository);
  const { limit, last } = readPage(query);
  const tags = limit === 0 ? [] : await allTags(registry, exchange);
  const sorted = [...new Set(tags)].sort(byBytes);
  const page = sorted.filter((tag) => tag > last).slice(0, limit);
  const lastOfPage = page.at(-1);
  if (limit !== undefined && lastOfPage !== undefined && lastOfPage !== sorted.at(-1)) {
    setNextLink(reply, request.url, limit, lastOfPage);
  }
  return sendJson(reply, { name: path.repository, tags: page });
}

/**
 * GET /v2/_catalog: every repository that contains an artifact. A `last` that is not a repository is refused here,
 * while the list of tags accepts any text.
 */
export function listCatalog(
  { store }: Context,
  { reply, query, url }: { reply: FastifyReply; query: URLSearchParams; url: string },
): unknown {
  const { limit, last } = readPage(query);
  const names = store.repositories
    .all()
    .filter((repository) => store.artifacts.count('repository', repository.id) > 0)
    .map((repository) => repository.name)
    .sort(byBytes);
  if (limit === undefined || names.length === 0) return sendJson(reply, { repositories: names });
  if (last !== '' && !names.includes(last)) throw badRequest(`the last: ${last} should be a valid repository name.`);
  const page = names.filter((name) => name > last).slice(0, limit);
  const lastOfPage = page.at(-1);
  if (lastOfPage !== undefined && lastOfPage !== names.at(-1)) setNextLink(reply, url, limit, lastOfPage);
  return sendJson(reply, { repositories: page });
}

/** GET …/referrers/DIGEST: the local ones, and with `proxy_referrer_api` those of the upstream. */
export async function listReferrers(registry: Registry, exchange: Exchange): Promise<unknown> {
  const { path, query, reply } = exchange;
  const { repository, reference } = path;
  if (asksUpstreamForReferrers(registry, exchange)) {
    refuseFiltered(registry.context, exchange.project, repository);
    const found = await upstreamReferrers(registry, exchange);
    if (found) {
      reply.headers({ 'content-type': INDEX_TYPE, 'x-total-count': found.total });
      if (found.link !== '') reply.header('link', found.link);
      return sendJson(reply, found.index);
    }
  }
  if (!isDigest(reference)) {
    throw badRequest(`unsupported digest ${reference}: invalid checksum digest format`);
  }
  const accessories = registry.context.store.accessories.findAll('subject', `${repository}@${reference}`);
  const wanted = query.get('artifactType') ?? '';
  const all = await Promise.all(accessories.map((accessory) => describe(registry, accessory)));
  const manifests = all.flat().filter((entry) => wanted === '' || entry.artifactType === wanted);
  if (wanted !== '') reply.header('oci-filters-applied', 'artifactType');
  reply.headers({ 'content-type': INDEX_TYPE, 'x-total-count': accessories.length });
  return sendJson(reply, { schemaVersion: 2, mediaType: INDEX_TYPE, manifests });
}

function asksUpstreamForReferrers({ context }: Registry, { project }: Exchange): boolean {
  return context.features.referrerApi && project.registryId > 0 && project.metadata['proxy_referrer_api'] === 'true';
}

/**
 * The upstream's referrers, or the last known ones when it counts as unhealthy. Undefined if neither is known or the
 * upstream fails: then the local ones are returned.
 * @throws HarborError 404
 */
async function upstreamReferrers(
  { context, closing, referrers }: Registry,
  { path, project, request }: Exchange,
): Promise<Referrers | undefined> {
  const row = healthyUpstream(context, project);
  if (!row) return referrers.get(request.url);
  const name = repositoryAtUpstream(project, path.repository);
  try {
    const upstream = await openUpstream(context, row, closing);
    const told = await upstream.listReferrers(name, path.reference, request.url.split('?', 2)[1] ?? '');
    const found = { ...told, link: localLink(told.link, name, path.repository) };
    referrers.set(request.url, found);
    return found;
  } catch (error) {
    if (error instanceof UpstreamError && error.kind === 'not-found')
      throw notFound(`referrers for ${name}:${path.reference} not found`);
    return undefined;
  }
}

/** The next page is requested here, not at the upstream. */
function localLink(link: string, remote: string, repository: string): string {
  const [there, here] = [remote, repository].map((name) => `/v2/${name}/referrers/`) as [string, string];
  return link.includes(there) ? link.replace(/<https?:\/\/[^/>]+/, '<').replace(there, here) : link;
}

/** An accessory whose artifact is gone is left out of the list. */
async function describe({ context, local }: Registry, { repositoryName, digest }: AccessoryRow) {
  const artifact = findArtifact(context.store, repositoryName, digest);
  if (!artifact) return [];
  const { manifestMediaType: mediaType, annotations, artifactType } = artifact;
  const size = await local.blobs.size(digest);
  return [
    { mediaType, digest, size, ...(annotations ? { annotations } : {}), ...(artifactType ? { artifactType } : {}) },
  ];
}

/**
 * Local tags first, then those of the upstream, with duplicates, which the caller removes.
 *
 *      upstream              local repository     result
 *      none or unhealthy     missing              404
 *      none or unhealthy     there                its tags
 *      healthy               any                  both
 *      healthy, then fails   any                  the local tags: an outage looks like a shorter list
 */
async function allTags(registry: Registry, { path, project }: Exchange): Promise<string[]> {
  const { context } = registry;
  const repository = context.store.repositories.find('name', path.repository);
  const row = healthyUpstream(context, project);
  if (!row && !repository) throw notFound(`repository ${path.repository} not found`);
  const here = repository ? tagsOf(context.store, repository) : [];
  if (!row) return here;
  try {
    const upstream = await openUpstream(context, row, registry.closing);
    return [...here, ...(await upstream.listTags(repositoryAtUpstream(project, path.repository)))];
  } catch {
    return here; // if the upstream does not respond, the local list is returned
  }
}

/** Without `n` there is no limit. */
function readPage(query: URLSearchParams): { limit: number | undefined; last: string } {
  const n = query.get('n') ?? '';
  const last = query.get('last') ?? '';
  if (n === '') return { limit: undefined, last };
  if (!/^\+?\d+$/.test(n)) throw badRequest('the N must be a positive int type');
  return { limit: Number(n), last };
}

/** RFC 8288. The address is relative, as in Harbor. */
function setNextLink(reply: FastifyReply, url: string, limit: number, last: string): void {
  const path = url.split('?')[0] ?? url;
  reply.header('link', `<${path}?last=${encodeURIComponent(last)}&n=${limit}>; rel="next"`);
}

/** Go sorts by bytes, not by locale. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
