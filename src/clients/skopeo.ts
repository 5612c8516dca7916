import { AUTH_FILE, containersImageClient } from './support/registries-conf';

/** Reads the same files as podman, but takes another path only by its own flag. */
export const skopeo = containersImageClient({
  name: 'skopeo',
  title: 'skopeo',
  about: 'skopeo, which copies and inspects images.',
  steps: (hasSecret) => [
    'No restart is needed. skopeo ignores CONTAINERS_REGISTRIES_CONF: for another file pass --registries-conf.',
    ...(hasSecret ? [`Set REGISTRY_AUTH_FILE=${AUTH_FILE}, or pass --authfile or --src-authfile.`] : []),
  ],
});
