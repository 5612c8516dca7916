import type { RenderInput } from '../client';
import { projectPath } from './rendering';

/** The name of an image through the cache if its registry is declared, otherwise unchanged. */
export function cachedName(input: RenderInput, registry: string, repository: string): string {
  const upstream = input.upstreams.find((one) => one.registry === registry);
  return upstream ? `${projectPath(input, upstream)}/${repository}` : `${registry}/${repository}`;
}

/** The mirrors for the dockerd of docker:dind: they have no path, unless a proxy rewrites it. */
export function hubMirrors({ upstreams }: RenderInput): string[] {
  const hub = upstreams.find(({ registry }) => registry === 'docker.io');
  return hub ? hub.mirrors.map((domain) => `https://${domain}`) : [];
}

/** A warning, not an error: the jobs work, but around the cache. */
export const DIND_WITHOUT_MIRROR =
  'no mirror domain is declared for docker.io (projects.<project>.conformance.mirrors): docker:dind then pulls from Docker Hub.';
/** dockerd falls back to Docker Hub by design; only the network can prevent it. */
export const DIND_IS_NOT_STRICT =
  'docker:dind has no strict mode and mirrors docker.io only: block registry-1.docker.io where the jobs run.';
