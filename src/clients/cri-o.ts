import { AUTH_FILE, containersImageClient } from './support/registries-conf';

/**
 * Same files as podman, but CRI-O keeps them in memory until it is reloaded, and gets its logins from its own
 * setting.
 */
export const crio = containersImageClient({
  name: 'cri-o',
  title: 'CRI-O',
  about: 'Kubernetes nodes with CRI-O, among them OpenShift.',
  can: { reload: 'after systemctl reload crio' },
  steps: (hasSecret) => [
    'systemctl reload crio',
    ...(hasSecret
      ? [`Set global_auth_file = "${AUTH_FILE}" under [crio.image] in /etc/crio/crio.conf.d, and restart crio.`]
      : []),
    'On OpenShift do not install the file: an ImageTagMirrorSet with the same mirrors generates it.',
  ],
});
