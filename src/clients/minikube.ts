import { checkHostsToml } from './check/hosts-toml';
import type { Client, RenderInput, Rendering } from './client';
import { certsD } from './support/certs-d';
import { hubMirrors } from './support/cached-name';
import { credentialWarnings, file } from './support/rendering';
import { HOSTS_TOML_TRAPS } from './support/traps';

const CERTS_D = '/etc/containerd/certs.d';

/**
 * minikube copies `~/.minikube/files` into the node at each start; this is how hosts.toml gets there.
 *
 *     runtime containerd   hosts.toml, every registry, strict is possible
 *     runtime docker       flags, docker.io only, no strict mode
 */
export const minikube: Client = {
  name: 'minikube',
  title: 'minikube',
  about: 'minikube with the container runtime containerd or docker.',
  can: {
    registries: 'every registry',
    path: 'with `runtime: containerd`; with docker only docker.io, by a mirror domain',
    strict: 'only with `runtime: containerd`',
    credentials: 'a header in hosts.toml (mode 0600)',
    wildcard: 'none',
    ca: '`ca` in hosts.toml; with docker ~/.minikube/certs and --embed-certs',
    reload: 'at minikube start, which copies ~/.minikube/files into the node',
  },
  options: {
    runtime: { description: '--container-runtime of minikube.', enum: ['containerd', 'docker'], default: 'containerd' },
  },
  traps: HOSTS_TOML_TRAPS,
  reads: [`${CERTS_D}/*/*`],
  check: checkHostsToml,
  render,
};

function render(input: RenderInput): Rendering {
  return input.options['runtime'] === 'docker' ? withDocker(input) : withContainerd(input);
}

/** --registry-mirror has no effect on containerd (kubernetes/minikube#18361), but the files have. */
function withContainerd(input: RenderInput): Rendering {
  return {
    files: certsD(input, CERTS_D, 'minikube').map((one) => ({
      ...one,
      path: `files${one.path}`,
      note: 'copy to ~/.minikube/files, with its path',
    })),
    steps: ['cp -r files ~/.minikube/', 'minikube start --container-runtime=containerd'],
    warnings: credentialWarnings(input),
  };
}

/** Flags and not a file: minikube sets up its dockerd itself. */
function withDocker(input: RenderInput): Rendering {
  const mirrors = hubMirrors(input);
  const flags = mirrors.map((mirror) => ` --registry-mirror=${mirror}`).join('');
  return {
    files:
      input.ca === undefined ? [] : [file('certs/breakwater-ca.pem', input.ca, { note: 'copy to ~/.minikube/certs' })],
    steps: [`minikube start --container-runtime=docker${flags}${input.ca === undefined ? '' : ' --embed-certs'}`],
    warnings: [
      ...(mirrors.length === 0
        ? [
            'no mirror domain is declared for docker.io (projects.<project>.conformance.mirrors): use runtime: containerd.',
          ]
        : []),
      'The docker of minikube mirrors docker.io only.',
      ...(input.profile === 'strict' ? ['It has no strict mode: use runtime: containerd.'] : []),
      ...credentialWarnings(input, 'docker sends no login to a mirror.'),
    ],
  };
}
