import type { Context } from '../context';
import { notFound } from '../errors';
import { passesFilter } from './repository-filter';
import type { ProjectRow, RegistryRow } from '../store/rows';
import type { Upstream, UpstreamRegistry } from './upstream-client';
import { createUpstream } from './upstream-client';
import { habitsOf } from '../outgoing/upstream-habits';

/** The upstream of a proxy project, while Harbor considers it healthy; undefined for every other project. */
export function healthyUpstream({ store }: Context, project: ProjectRow): RegistryRow | undefined {
  const registry = store.registries.get(project.registryId);
  return registry?.status === 'healthy' ? registry : undefined;
}

/**
 * A proxy project with a filter serves no other repositories, cached or not.
 * @throws HarborError 404
 */
export function refuseFiltered({ features }: Context, project: ProjectRow, repository: string): void {
  const name = repository.slice(project.name.length + 1);
  if (features.repositoryFilter && project.registryId > 0 && !passesFilter(project, name))
    throw notFound(`resource not found: repository "${name}" does not match project repository filter`);
}

/**
 * One for each request of a client: like Harbor, it never reuses a token of an earlier one.
 * @throws Error if Harbor could not build the adapter of the registry
 */
export async function openUpstream(context: Context, registry: RegistryRow, signal: AbortSignal): Promise<Upstream> {
  return createUpstream(upstreamOf(context, registry, signal));
}

/** The part of a registry that decides how it is reached: also a ping of one that is not stored has it. */
export type RegistryTarget = Pick<RegistryRow, 'type' | 'url' | 'insecure' | 'caCertificate' | 'credential'>;

/** How a stored registry is reached. */
export function upstreamOf(
  { features }: Pick<Context, 'features'>,
  registry: RegistryTarget,
  signal?: AbortSignal,
): UpstreamRegistry {
  const { type, url, insecure, caCertificate, credential } = registry;
  return {
    type,
    url,
    insecure,
    ...(signal ? { signal } : {}),
    habits: habitsOf(features),
    ...(caCertificate === '' ? {} : { ca_certificate: caCertificate }),
    ...(credential ? { credential: { access_key: credential.accessKey, access_secret: credential.accessSecret } } : {}),
  };
}

/**
 * Docker Hub's official images are below `library/`; Harbor redirects the short name, whether the upstream is healthy
 * or not. Returns the full repository, undefined when the name is complete.
 */
export function libraryRepository({ store }: Context, project: ProjectRow, repository: string): string | undefined {
  const name = repository.slice(project.name.length + 1);
  const type = store.registries.get(project.registryId)?.type;
  return type === 'docker-hub' && !name.includes('/') ? `${project.name}/library/${name}` : undefined;
}
