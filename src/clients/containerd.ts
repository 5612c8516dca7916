import { checkHostsToml } from './check/hosts-toml';
import type { Client, RenderInput, Rendering } from './client';
import { certsD } from './support/certs-d';
import { header } from './support/header';
import { requiredText } from './support/options';
import { credentialWarnings, file } from './support/rendering';
import { tomlString } from './support/toml';
import { HOSTS_TOML_TRAPS } from './support/traps';

/** The usual value of `config_path`, and the default of containerd since 2.2. */
const DIRECTORY = '/etc/containerd/certs.d';

/**
 * The files are complete and can be copied. Only `config_path` in config.toml has to be merged by hand, because
 * that file has much that is not ours.
 *
 *     config.toml: config_path ──► /etc/containerd/certs.d/docker.io/hosts.toml ──► server, [host], header, ca
 *                                                          └─ name of the registry, as in image names
 */
export const containerd: Client = {
  name: 'containerd',
  title: 'containerd',
  about: 'Kubernetes nodes with containerd (CRI), `ctr` and `nerdctl`.',
  can: {
    registries: 'every registry',
    path: true,
    strict: true,
    credentials: 'a header in hosts.toml (mode 0600); kubelet passes imagePullSecrets of the name in the pod',
    wildcard: 'none: `_default` cannot name a project for each registry',
    ca: '`ca` in hosts.toml',
    reload: 'at the next pull; config.toml after a restart',
  },
  options: {
    major: {
      description: 'Major version of containerd: 1 and 2 have different names in config.toml.',
      enum: [1, 2],
      default: 2,
    },
    directory: {
      description: 'config_path: directory with one folder per registry.',
      type: 'string',
      pattern: '^/[^:]*[^/:]$',
      default: DIRECTORY,
    },
  },
  example: { major: 2 },
  traps: HOSTS_TOML_TRAPS,
  reads: ['/etc/containerd/config.toml', `${DIRECTORY}/*/*`],
  render,
  check: checkHostsToml,
};

function render(input: RenderInput): Rendering {
  const directory = requiredText(input, 'directory');
  return {
    files: [
      ...certsD(input, directory, 'containerd'),
      file('config.toml.snippet', criSnippet(input, directory), {
        note: 'merge into /etc/containerd/config.toml, then restart containerd',
      }),
    ],
    steps: [
      'Merge config.toml.snippet into /etc/containerd/config.toml, if config_path is not set there, and restart containerd.',
      'Pull with crictl. ctr reads the directory only with --hosts-dir.',
    ],
    warnings: credentialWarnings(input),
  };
}

/** Together with the tables `mirrors` or `configs`, containerd refuses the whole plugin. */
function criSnippet(input: RenderInput, directory: string): string {
  const { version, plugin } =
    input.options['major'] === 1
      ? { version: 2, plugin: 'io.containerd.grpc.v1.cri' }
      : { version: 3, plugin: 'io.containerd.cri.v1.images' };
  return [
    header(input, 'containerd'),
    '# Remove registry.mirrors and registry.configs if present: together with config_path they are an error.',
    `version = ${version}`,
    '',
    `[plugins.${tomlString(plugin)}.registry]`,
    `  config_path = ${tomlString(directory)}`,
    '',
  ].join('\n');
}
