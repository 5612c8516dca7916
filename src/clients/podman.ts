import { AUTH_FILE, containersImageClient } from './support/registries-conf';

/**
 * See `containersImageClient`. Rootless users read the same system-wide files, unless their home has its own.
 */
export const podman = containersImageClient({
  name: 'podman',
  title: 'podman',
  about: 'podman, rootful and rootless, and quadlets.',
  steps: (hasSecret) => [
    'No restart is needed: the file is read at the next pull. podman info lists it under registries.',
    ...(hasSecret ? [`Set REGISTRY_AUTH_FILE=${AUTH_FILE}, or pass --authfile.`] : []),
  ],
});
