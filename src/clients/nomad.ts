import { checkNothing } from './check/nothing';
import type { Client, RenderInput, Rendering } from './client';
import { dockerConfig } from './support/docker-config';
import { header } from './support/header';
import { credentialWarnings, file, SECRET_MODE } from './support/rendering';

const AUTH = '/etc/nomad.d/breakwater-auth.json';

/**
 * Nomad has no mirrors. It only passes a login to its driver, and the dockerd or podman of the host has the
 * mirror.
 */
export const nomad: Client = {
  name: 'nomad',
  title: 'Nomad',
  about: 'Nomad clients with the driver docker or podman.',
  can: {
    registries: 'docker.io only',
    path: 'as with dockerd or podman on the same host',
    strict: 'as with dockerd or podman: declare one of them for these hosts, too',
    credentials: 'the plugin’s auth file, for images with names of the cache',
    wildcard: 'none',
    ca: 'as with dockerd or podman',
    reload: 'after a restart of the Nomad client',
  },
  options: {},
  reads: [],
  check: checkNothing,
  render,
};

/**
 * A file of its own: Nomad merges the files of /etc/nomad.d. Without a secret of the robot there is nothing to write,
 * and the warnings say where the mirror belongs.
 */
function render(input: RenderInput): Rendering {
  const login = dockerConfig(input);
  const block = `${header(input, 'Nomad')}
plugin "docker" {
  config {
    auth {
      config = "${AUTH}"
    }
  }
}
`;
  return {
    files:
      login === undefined
        ? []
        : [file('/etc/nomad.d/50-breakwater.hcl', block), file(AUTH, login, { mode: SECRET_MODE })],
    steps: login === undefined ? [] : ['systemctl restart nomad'],
    warnings: [
      'Nomad itself has no mirrors: declare a client dockerd (store: containerd for more than docker.io) or podman for these hosts.',
      ...credentialWarnings(input),
    ],
  };
}
