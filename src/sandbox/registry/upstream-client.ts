import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { adapterProblem } from './adapter-rules';
import type { Manifest } from './manifest';
import { ACCEPTED_MEDIA_TYPES, parseManifest } from './manifest';
import type { Authorizer } from '../outgoing/upstream-auth';
import { NEWEST_HABITS } from '../outgoing/upstream-habits';
import { createAuthorizer } from '../outgoing/upstream-auth';
import type { UpstreamRegistry } from '../outgoing/upstream-http';
import { readBytes, readJson, send, sendExpectingSuccess, UpstreamError } from '../outgoing/upstream-http';

export type { UpstreamRegistry } from '../outgoing/upstream-http';
export { UpstreamError } from '../outgoing/upstream-http';

/** The result of a HEAD. A missing digest or length is passed on as '' and 0. */
export interface RemoteDescriptor {
  readonly digest: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

/** A manifest whose type is known. Its bytes are not compared with `digest`. */
export interface RemoteManifest {
  readonly manifest: Manifest;
  /** The upstream's Docker-Content-Digest; '' when it sent none. */
  readonly digest: string;
}

/** The body is a stream that is still being received: it has to be read or destroyed. */
export interface RemoteBlob {
  /** 0 when the upstream did not send one: Harbor then passes no body on. */
  readonly sizeBytes: number;
  readonly body: IncomingMessage;
}

/** OCI distribution specification 1.1, "Listing Referrers". */
export interface Referrers {
  /** An OCI index, as the upstream sent it. */
  readonly index: object;
  readonly total: number;
  /** The upstream's, with its own paths; '' when it sent none. */
  readonly link: string;
}

/**
 * One upstream for one request: Harbor reuses neither connection nor token for the next one.
 * Nothing is requested before the first method is called, except for the login to Docker Hub.
 */
export interface Upstream {
  /** undefined for a 404. Every other failure rejects with UpstreamError. */
  headManifest(repository: string, reference: string): Promise<RemoteDescriptor | undefined>;
  /** Rejects with UpstreamError, or ManifestInvalidError when the response is not a manifest. */
  getManifest(repository: string, reference: string): Promise<RemoteManifest>;
  openBlob(repository: string, digest: string): Promise<RemoteBlob>;
  listTags(repository: string): Promise<string[]>;
  /** Rejects with UpstreamError, also when the response is not a list. */
  listReferrers(repository: string, digest: string, query: string): Promise<Referrers>;
  ping(): Promise<void>;
}

const DOCKER_HUB_URL = 'https://hub.docker.com';
const DOCKER_HUB_REGISTRY_URL = 'https://registry-1.docker.io';
const HEALTH_TIMEOUT_MS = 30_000;

/** Rejects when the registry's type refuses its url or login: Harbor returns 500 for that, not "unhealthy". */
export async function createUpstream(registry: UpstreamRegistry): Promise<Upstream> {
  const problem = adapterProblem(registry);
  if (problem !== undefined) throw new Error(problem);
  if (registry.type === 'docker-hub') await logInToHub(registry);
  const base = new URL(registryUrl(registry));
  let authorizer: Promise<Authorizer> | undefined;
  const authorize = async (scope: string | undefined): Promise<OutgoingHttpHeaders> => {
    authorizer ??= createAuthorizer(registry, base);
    const authorization = await (await authorizer)(scope);
    return authorization === undefined ? {} : { authorization };
  };
  const ask = async (method: 'GET' | 'HEAD', path: string, repository: string, headers = {}) => {
    const authorization = await authorize(`repository:${repository}:pull`);
    return sendExpectingSuccess(registry, {
      method,
      url: resolve(base, path),
      headers: { ...headers, ...authorization },
    });
  };
  return {
    headManifest: (repository, reference) => headManifest(ask, repository, reference),
    getManifest: (repository, reference) => getManifest(ask, repository, reference),
    openBlob: async (repository, digest) => {
      const body = await ask('GET', `/v2/${repository}/blobs/${digest}`, repository);
      return { sizeBytes: contentLength(body), body };
    },
    listTags: (repository) => listTags(ask, repository),
    listReferrers: (repository, digest, query) => listReferrers(ask, repository, digest, query),
    ping: async () => {
      const url = resolve(base, '/v2/');
      const { authorizerUserAgent } = registry.habits ?? NEWEST_HABITS;
      const headers = { 'user-agent': authorizerUserAgent, ...(await authorize(undefined)) };
      const response = await sendExpectingSuccess(registry, { method: 'GET', url, headers });
      response.resume();
    },
  };
}

/**
 * Harbor's health check of a registry, by type (docs/harbor-behavior.md 4.3). Rejects if Harbor cannot build its
 * adapter: a login that Docker Hub refuses, an invalid ECR url.
 */
export async function checkHealth(registry: UpstreamRegistry): Promise<'healthy' | 'unhealthy'> {
  const { access_key, access_secret } = registry.credential ?? {};
  // The adapter of Huawei Cloud checks nothing.
  if (registry.type === 'huawei-SWR') return 'healthy';
  if (registry.type === 'google-gcr' && !(access_key && access_secret)) return 'unhealthy';
  const upstream = await createUpstream({ ...registry, signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
  try {
    await upstream.ping();
    return 'healthy';
  } catch (error) {
    const refused = error instanceof UpstreamError && ['unauthorized', 'forbidden'].includes(error.kind);
    return refused && !access_key && !access_secret ? 'healthy' : 'unhealthy';
  }
}

type Ask = (
  method: 'GET' | 'HEAD',
  path: string,
  repository: string,
  headers?: OutgoingHttpHeaders,
) => Promise<IncomingMessage>;

/** The digest and the type are the upstream's claims: nothing was hashed. Undefined for 404. */
async function headManifest(ask: Ask, repository: string, reference: string): Promise<RemoteDescriptor | undefined> {
  try {
    const response = await ask('HEAD', manifestPath(repository, reference), repository, { accept: ACCEPT });
    response.resume();
    return {
      digest: header(response, 'docker-content-digest'),
      mediaType: header(response, 'content-type'),
      sizeBytes: contentLength(response),
    };
  } catch (error) {
    if (error instanceof UpstreamError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

/** @throws UpstreamError, also for 404: a GET follows a HEAD that found it */
async function getManifest(ask: Ask, repository: string, reference: string): Promise<RemoteManifest> {
  const response = await ask('GET', manifestPath(repository, reference), repository, { accept: ACCEPT });
  const bytes = await readBytes(response);
  const manifest = parseManifest(header(response, 'content-type'), bytes);
  return { manifest, digest: header(response, 'docker-content-digest') };
}

/** An answer that is no index counts as a failure. */
async function listReferrers(ask: Ask, repository: string, digest: string, query: string): Promise<Referrers> {
  const path = `/v2/${repository}/referrers/${digest}${query === '' ? '' : `?${query}`}`;
  const response = await ask('GET', path, repository);
  const index = (await readJson(response)) as { manifests?: readonly unknown[] };
  if (!Array.isArray(index.manifests)) throw new UpstreamError('other', 'the upstream answered no list of referrers');
  const total = Number(header(response, 'x-total-count')) || index.manifests.length;
  return { index, total, link: header(response, 'link') };
}

/** All pages, by the `Link` of each. */
async function listTags(ask: Ask, repository: string): Promise<string[]> {
  const tags: string[] = [];
  let path: string | undefined = `/v2/${repository}/tags/list`;
  while (path !== undefined) {
    const response: IncomingMessage = await ask('GET', path, repository);
    const page = (await readJson(response)) as { tags?: string[] | null };
    tags.push(...(page.tags ?? []));
    path = /<([^>]+)>;\s*rel="?next"?/.exec(header(response, 'link'))?.[1];
  }
  return tags;
}

const ACCEPT = ACCEPTED_MEDIA_TYPES.join(', ');

function manifestPath(repository: string, reference: string): string {
  return `/v2/${repository}/manifests/${reference}`;
}

function registryUrl({ type, url }: UpstreamRegistry): string {
  return type === 'docker-hub' && url === DOCKER_HUB_URL ? DOCKER_HUB_REGISTRY_URL : url;
}

/** The registry's url may include a path (Artifactory). */
function resolve(base: URL, path: string): URL {
  return path.includes('://') ? new URL(path) : new URL(base.href.replace(/\/$/, '') + path);
}

/**
 * Docker Hub's own API, before the registry is asked. Only its failure matters: the token is not used for
 * pulls.
 */
async function logInToHub(registry: UpstreamRegistry): Promise<void> {
  const { access_key = '', access_secret = '' } = registry.credential ?? {};
  if (access_key === '' && access_secret === '') return;
  const { path, user, password } = (registry.habits ?? NEWEST_HABITS).hubLogin;
  const response = await send(registry, {
    method: 'POST',
    url: resolve(new URL(registry.url), path),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ [user]: access_key, [password]: access_secret }),
  });
  const answer = (await readBytes(response)).toString('utf8');
  if ((response.statusCode ?? 0) >= 300) throw new Error(`login to dockerhub error: ${answer}`);
}

function contentLength(response: IncomingMessage): number {
  const length = Number(header(response, 'content-length'));
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
}

function header(response: IncomingMessage, name: string): string {
  const value = response.headers[name];
  return typeof value === 'string' ? value : '';
}
