import { compact } from '../../compact';
import type { Client, RenderInput, Rendering } from '../client';
import { checkRegistriesYaml } from '../check/registries-yaml';
import { header } from './header';
import { credentialWarnings, file, harborHost, projectUrl, SECRET_MODE } from './rendering';
import { REGISTRIES_YAML_TRAPS } from './traps';
import { yamlText } from './yaml';

/** k3s and RKE2 read the same file in different directories. */
export function rancherClient(name: 'k3s' | 'rke2', title: string, units: readonly [string, string]): Client {
  const directory = `/etc/rancher/${name}`;
  return {
    name,
    title,
    about: `${title} servers and agents: one file for all of them.`,
    can: {
      registries: 'every registry',
      path: true,
      strict: 'since January 2024: disable-default-registry-endpoint in config.yaml, for the listed registries',
      credentials: 'configs.HOST.auth in registries.yaml (mode 0600)',
      wildcard: 'not used: `"*"` matches every registry without an entry, but cannot name a different project for each',
      ca: 'configs.HOST.tls.ca_file in registries.yaml',
      reload: 'after a restart of each server and agent',
    },
    options: {},
    traps: REGISTRIES_YAML_TRAPS,
    reads: [`${directory}/regist*`, `${directory}/config.yaml`, `${directory}/config.yaml.d/*`],
    check: checkRegistriesYaml,
    render: (input) => render(input, { name, title, directory, units }),
  };
}

interface Distribution {
  readonly name: string;
  readonly title: string;
  readonly directory: string;
  readonly units: readonly [string, string];
}

/**
 * k3s and RKE2 differ only in names. `config.yaml.d` is merged with the configuration that is there, so nothing
 * is overwritten.
 */
function render(input: RenderInput, { name, title, directory, units }: Distribution): Rendering {
  const hasSecret = input.robot?.secret !== undefined;
  const authority = `${directory}/breakwater-ca.crt`;
  const registries = yamlText(header(input, title), document(input, authority));
  return {
    files: [
      file(`${directory}/registries.yaml`, registries, hasSecret ? { mode: SECRET_MODE } : {}),
      ...(input.ca === undefined ? [] : [file(authority, input.ca)]),
      ...(input.profile === 'strict'
        ? [
            file(
              `${directory}/config.yaml.d/50-breakwater.yaml`,
              yamlText(header(input, title), { 'disable-default-registry-endpoint': true }),
            ),
          ]
        : []),
    ],
    steps: [
      `systemctl restart ${units[0]} on each server, ${units[1]} on each agent: the files are read only at start.`,
      `On a node, /var/lib/rancher/${name}/agent/etc/containerd/certs.d then has a directory for each registry.`,
    ],
    warnings: credentialWarnings(input),
  };
}

/**
 * With a path, the distribution writes override_path into the hosts.toml of containerd.
 *
 *      mirrors:
 *        docker.io:
 *          endpoint: [https://harbor.example.com/v2/proxy.docker.io]
 *      configs:
 *        harbor.example.com:                    the host alone: looked up by the host of an endpoint
 *          auth: { username: …, password: … }
 *          tls: { ca_file: /etc/rancher/k3s/breakwater-ca.crt }
 */
function document(input: RenderInput, authority: string): object {
  const auth = input.robot?.secret === undefined ? undefined : authOf(input.robot.username, input.robot.secret);
  const tls = input.ca === undefined ? undefined : { ca_file: authority };
  const configs = { [harborHost(input)]: compact({ auth, tls }) };
  return compact({
    mirrors: Object.fromEntries(
      input.upstreams.map((upstream) => [upstream.registry, { endpoint: [projectUrl(input, upstream)] }]),
    ),
    configs: (auth ?? tls) ? configs : undefined,
  });
}

function authOf(username: string, password: string): object {
  return { username, password };
}
