import { AUTH_FILE, containersImageClient } from './support/registries-conf';

/** Same files as podman, see `containersImageClient`. Only the way to name the file with logins differs. */
export const buildah = containersImageClient({
  name: 'buildah',
  title: 'Buildah',
  about: 'Buildah: `buildah pull`, `buildah bud` and `podman build`.',
  steps: (hasSecret) => [
    'No restart is needed: the file is read at the next pull.',
    ...(hasSecret ? [`Set REGISTRY_AUTH_FILE=${AUTH_FILE}, or pass --authfile.`] : []),
  ],
});
