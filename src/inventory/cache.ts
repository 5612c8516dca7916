import { compact } from '../compact';
import { formatImageName, type ImageName } from '../oci';
import type { Declaration } from '../declaration/declaration';

/** What the declaration defines about pulling through the cache. */
export interface Cache {
  /** Harbor's host and port; absent if no policies were read. */
  readonly host?: string;
  readonly projects: readonly CacheProject[];
  readonly mirrors: readonly CacheMirror[];
}

/** A project of Harbor, of whatever kind: a reference to an ordinary project is covered, too. */
export interface CacheProject {
  readonly name: string;
  /** The registry that it is a proxy cache of; absent for an ordinary project. */
  readonly upstream?: string;
  /** A proxy cache whose registry is managed elsewhere: its upstream is not known here. */
  readonly elsewhere?: true;
}

/** A domain without a project in its names: `mirror.example.com/library/nginx` is served by one project. */
export interface CacheMirror {
  readonly domain: string;
  readonly project: string;
  readonly serves: string;
}

/**
 * In the order of reports.
 *
 *      covered         pulled through the cache already
 *      needs-rewrite   a declared project serves this registry: another name, and it is covered
 *      bypass          no declared project serves this registry
 *      unresolvable    the file does not show which image it is, or Harbor has no such project
 */
export const STATUSES = ['covered', 'needs-rewrite', 'bypass', 'unresolvable'] as const;
/** The names of these are in reports and exit codes: they are stable. */
export type Status = (typeof STATUSES)[number];

/** How a reference relates to the cache. `why` is for `bypass` and `unresolvable` alone. */
export interface Standing {
  readonly status: Status;
  /** The project that serves it, or could serve it. */
  readonly project?: string;
  /** Its name in the cache. */
  readonly target?: string;
  readonly why?: string;
}

/** Without policies: every reference that can be read bypasses. */
export const noCache: Cache = { projects: [], mirrors: [] };

const DOCKER_HUB_HOSTS: ReadonlySet<string> = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'hub.docker.com',
]);
const HOST_OF_TYPE: Readonly<Record<string, string>> = { 'docker-hub': 'docker.io', 'github-ghcr': 'ghcr.io' };

/**
 * Reads only what is declared, no request is made. Registries of types with a fixed host (`docker-hub`, `github-ghcr`)
 * need no `url`. A project whose registry is managed elsewhere has no upstream here, so nothing is rewritten to it.
 */
export function cacheOf(declaration: Declaration, harborUrl = declaration.harbor?.url): Cache {
  const registries = new Map(
    specsOf<{ name: string; type: string; url?: string }>(declaration, 'registry').map((spec) => [spec.name, spec]),
  );
  const projects = specsOf<{ name: string; registry?: string }>(declaration, 'project').map(({ name, registry }) => {
    const endpoint = registry === undefined ? undefined : registries.get(registry);
    const upstream = endpoint && upstreamOf(endpoint);
    const elsewhere = registry !== undefined && !endpoint ? true : undefined;
    return compact<CacheProject>({ name, upstream, elsewhere });
  });
  const mirrors = declaration.conformance.flatMap(({ project, mirrors: declared = [] }) =>
    declared.map(({ domain, serves = 'docker.io' }) => ({
      domain: domain.toLowerCase(),
      project,
      serves: sameRegistry(serves),
    })),
  );
  const host = harborUrl === undefined ? undefined : hostOf(harborUrl);
  return compact({ host, projects, mirrors });
}

/** Whether a reference is pulled through the cache, could be, or bypasses it. */
export function standingOf(name: ImageName, cache: Cache): Standing {
  const registry = sameRegistry(name.registry);
  const mirror = cache.mirrors.find(({ domain }) => domain === registry);
  if (mirror) return { status: 'covered', project: mirror.project };
  if (registry === cache.host) return standingInHarbor(name, cache);
  const project = cache.projects.find(({ upstream }) => upstream === registry);
  if (!project || cache.host === undefined)
    return { status: 'bypass', why: `no proxy cache project is declared for ${name.registry}` };
  const target = formatImageName({ ...name, registry: cache.host, repository: `${project.name}/${name.repository}` });
  return { status: 'needs-rewrite', project: project.name, target };
}

/** A project that is not declared may exist: the reference is not wrong, but nothing is known of it. */
function standingInHarbor({ registry, repository }: ImageName, { projects }: Cache): Standing {
  const [first = ''] = repository.split('/');
  return projects.some(({ name }) => name === first)
    ? { status: 'covered', project: first }
    : { status: 'unresolvable', why: `${registry} has no declared project ${first}` };
}

/** The upstream name of an image that the cache serves; undefined for an ordinary project. */
export function originOf(name: ImageName, cache: Cache): ImageName | undefined {
  const registry = sameRegistry(name.registry);
  const mirror = cache.mirrors.find(({ domain }) => domain === registry);
  if (mirror) return { ...name, registry: mirror.serves };
  if (registry !== cache.host) return undefined;
  const [first, ...rest] = name.repository.split('/');
  const upstream = cache.projects.find((project) => project.name === first)?.upstream;
  return upstream === undefined || rest.length === 0
    ? undefined
    : { ...name, registry: upstream, repository: rest.join('/') };
}

/** Names of one registry: hosts are case-insensitive, and Docker Hub has several. */
function sameRegistry(host: string): string {
  const lower = host.toLowerCase();
  return DOCKER_HUB_HOSTS.has(lower) ? 'docker.io' : lower;
}

function upstreamOf({ type, url }: { type: string; url?: string }): string | undefined {
  const host = HOST_OF_TYPE[type] ?? (url === undefined ? undefined : hostOf(url));
  return host === undefined ? undefined : sameRegistry(host);
}

function hostOf(url: string): string | undefined {
  const whole = /^[a-z]+:\/\//i.test(url) ? url : `https://${url}`;
  return URL.canParse(whole) ? new URL(whole).host : undefined;
}

function specsOf<Spec extends object>({ objects }: Declaration, kind: string): Spec[] {
  return objects.filter((object) => object.kind === kind).map(({ spec }) => spec as Spec);
}
