/** The host of a registry that image names contain: only Docker Hub uses a different host. */
export function registryServer(registry: string): string {
  return `https://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`;
}
