import type { Readable } from 'node:stream';
import type { Manifest } from './manifest';
import { createAuthorizer } from './upstream-auth';
import { readJson, sendExpectingSuccess, type UpstreamRegistry, type UpstreamRequest } from './upstream-http';

/** What Harbor sends to a registry that it replicates to. @throws UpstreamError */
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

/** The API of another Harbor, or the catalog of a registry. @throws UpstreamError */
export async function fetchRemoteJson(target: UpstreamRegistry, path: string): Promise<unknown> {
  if (!path.startsWith('/api/')) return readJson(await ask(target, '', { method: 'GET', path }));
  const { access_key: user = '', access_secret: secret = '' } = target.credential ?? {};
  const authorization = `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
  const headers = user === '' ? {} : { authorization };
  return readJson(await sendExpectingSuccess(target, { method: 'GET', url: urlOf(target, path), headers }));
}

type Asked = Pick<UpstreamRequest, 'method' | 'headers' | 'body'> & { readonly path: string };

async function ask(target: UpstreamRegistry, repository: string, { path, headers, ...rest }: Asked) {
  const scope = repository === '' ? 'registry:catalog:*' : `repository:${repository}:pull,push`;
  const authorization = await (await createAuthorizer(target, new URL(target.url)))(scope);
  const all = { ...headers, ...(authorization === undefined ? {} : { authorization }) };
  return sendExpectingSuccess(target, { ...rest, url: urlOf(target, path), headers: all });
}

function urlOf({ url }: UpstreamRegistry, path: string): URL {
  return path.includes('://') ? new URL(path) : new URL(url.replace(/\/$/, '') + path);
}
