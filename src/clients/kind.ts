import { checkHostsToml } from './check/hosts-toml';
import type { Client, RenderInput, Rendering } from './client';
import { certsD } from './support/certs-d';
import { header } from './support/header';
import { credentialWarnings, file } from './support/rendering';
import { requiredText } from './support/options';
import { tomlString } from './support/toml';
import { yamlText } from './support/yaml';
import { HOSTS_TOML_TRAPS } from './support/traps';

const CERTS_D = '/etc/containerd/certs.d';

/**
 * Nodes are containers. The files are on the machine that runs kind and are mounted into each node, so a change
 * counts without a new cluster.
 */
export const kind: Client = {
  name: 'kind',
  title: 'kind',
  about: 'Clusters of kind: hosts.toml is mounted into every node.',
  can: {
    registries: 'every registry',
    path: true,
    strict: true,
    credentials: 'a header in hosts.toml (mode 0600)',
    wildcard: 'none: `_default` cannot name a project for each registry',
    ca: '`ca` in hosts.toml',
    reload: 'at the next pull',
  },
  options: {
    major: {
      description: 'Major version of containerd in the node image: 2 since kind 0.27.',
      enum: [1, 2],
      default: 2,
    },
    host_directory: {
      description: 'Directory of the files on the machine that runs kind.',
      type: 'string',
      pattern: '^/',
      default: '/etc/breakwater/kind/certs.d',
    },
  },
  traps: HOSTS_TOML_TRAPS,
  reads: [`${CERTS_D}/*/*`],
  check: checkHostsToml,
  render,
};

/**
 * kind has no file of its own for mirrors: the patch switches `config_path` on, and each node mounts the directory. A
 * cluster that was created without the mount has to be created again; after that only files change.
 */
function render(input: RenderInput): Rendering {
  const directory = requiredText(input, 'host_directory');
  const plugin = input.options['major'] === 1 ? 'io.containerd.grpc.v1.cri' : 'io.containerd.cri.v1.images';
  const mount = { hostPath: directory, containerPath: CERTS_D, readOnly: true };
  const cluster = {
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    containerdConfigPatches: [`[plugins.${tomlString(plugin)}.registry]\n  config_path = ${tomlString(CERTS_D)}\n`],
    nodes: [{ role: 'control-plane', extraMounts: [mount] }],
  };
  return {
    files: [
      ...certsD(input, CERTS_D, 'kind').map((one) => ({ ...one, path: one.path.replace(CERTS_D, directory) })),
      file('cluster.yaml', yamlText(header(input, 'kind'), cluster), { note: 'every node needs the mount' }),
    ],
    steps: [
      'kind create cluster --config cluster.yaml',
      'The node image itself is pulled by the docker of this machine.',
    ],
    warnings: credentialWarnings(input),
  };
}
