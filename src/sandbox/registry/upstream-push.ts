import type { Readable } from 'node:stream';
import type { Manifest } from './manifest';
import { createAuthorizer } from '../outgoing/upstream-auth';
import {
  readJson,
  sendExpectingSuccess,
  UpstreamError,
  type UpstreamRegistry,
  type UpstreamRequest,
} from '../outgoing/upstream-http';

/**
 * Harbor's requests to a registry that it replicates to.
 * @throws UpstreamError
 */
export async function pushBlob(
  registry: UpstreamRegistry,
  repository: string,
  { digest, sizeBytes }: { readonly digest: string; readonly sizeBytes: number },
  source: Readable,
): Promise<void> {
  const begun = await ask(registry, repository, { method: 'POST', path: `/v2/${repository}/blobs/uploads/` });
  begun.resume();
  const location = new URL(begun.headers.location ?? '', registry.url);
  location.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream', 'content-length': sizeBytes };
  (await ask(registry, repository, { method: 'PUT', path: location.href, headers, body: source })).resume();
}

/** @throws UpstreamError */
export async function pushManifest(
  registry: UpstreamRegistry,
  repository: string,
  reference: string,
  { bytes, mediaType }: Manifest,
): Promise<void> {
  const path = `/v2/${repository}/manifests/${reference}`;
  const headers = { 'content-type': mediaType };
  (await ask(registry, repository, { method: 'PUT', path, headers, body: bytes })).resume();
}

/**
 * By digest, as the distribution registry requires.
 * @throws UpstreamError
 */
export async function deleteManifest(registry: UpstreamRegistry, repository: string, digest: string): Promise<void> {
  (await ask(registry, repository, { method: 'DELETE', path: `/v2/${repository}/manifests/${digest}` })).resume();
}

/**
 * Only another Harbor supports that. False if the tag does not exist.
 * @throws UpstreamError
 */
export async function deleteTag(registry: UpstreamRegistry, repository: string, tag: string): Promise<boolean> {
  if (registry.type !== 'harbor') throw new UpstreamError('other', 'the tag deletion is not supported');
  const [project = '', ...rest] = repository.split('/');
  const name = encodeURIComponent(encodeURIComponent(rest.join('/')));
  const path = `/api/v2.0/projects/${project}/repositories/${name}/artifacts/${tag}/tags/${tag}`;
  try {
    (await askApi(registry, 'DELETE', path)).resume();
    return true;
  } catch (error) {
    if (error instanceof UpstreamError && error.kind === 'not-found') return false;
    throw error;
  }
}

/** The API of another Harbor, or the catalog of a registry. @throws UpstreamError */
export async function fetchRemoteJson(target: UpstreamRegistry, path: string): Promise<unknown> {
  if (!path.startsWith('/api/')) return readJson(await ask(target, '', { method: 'GET', path }));
  return readJson(await askApi(target, 'GET', path));
}

/** Harbor's API of another Harbor: Basic, without a token. */
async function askApi(target: UpstreamRegistry, method: 'GET' | 'DELETE', path: string) {
  const { access_key: user = '', access_secret: secret = '' } = target.credential ?? {};
  const authorization = `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
  const headers = user === '' ? {} : { authorization };
  return sendExpectingSuccess(target, { method, url: urlOf(target, path), headers });
}

type Asked = Pick<UpstreamRequest, 'method' | 'headers' | 'body'> & { readonly path: string };

/** The scope depends on the method, because deletion is an action of its own. */
async function ask(target: UpstreamRegistry, repository: string, { path, headers, ...rest }: Asked) {
  const actions = rest.method === 'DELETE' ? 'delete' : 'pull,push';
  const scope = repository === '' ? 'registry:catalog:*' : `repository:${repository}:${actions}`;
  const authorization = await (await createAuthorizer(target, new URL(target.url)))(scope);
  const all = { ...headers, ...(authorization === undefined ? {} : { authorization }) };
  return sendExpectingSuccess(target, { ...rest, url: urlOf(target, path), headers: all });
}

function urlOf({ url }: UpstreamRegistry, path: string): URL {
  return path.includes('://') ? new URL(path) : new URL(url.replace(/\/$/, '') + path);
}
