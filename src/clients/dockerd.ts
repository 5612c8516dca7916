import { checkDaemonJson } from './check/daemon-json';
import type { Client, RenderInput, Rendering, Upstream } from './client';
import { certsD } from './support/certs-d';
import { requiredText } from './support/options';
import { credentialWarnings, file, harborHost } from './support/rendering';

const CERTS_D = '/etc/docker/certs.d';
const DAEMON_JSON = '/etc/docker/daemon.json';

/**
 * Three ways, because dockerd has two image stores and its own mirrors know one registry:
 *
 *     store        file          registries        path to a project     strict   login
 *     graph        daemon.json   docker.io only    mirror domain only    no       none is sent
 *     path         daemon.json   docker.io only    a proxy rewrites it   no       none is sent
 *     containerd   hosts.toml    every declared    yes                   yes      a header
 */
export const dockerd: Client = {
  name: 'dockerd',
  title: 'Docker',
  about: 'The Docker daemon, with the graph driver store, the containerd image store, or a mirror with a path.',
  can: {
    registries: 'every registry with `store: containerd`, else docker.io only',
    path: '`store: path` from 24.0.8, with a proxy that rewrites the path; `store: containerd` without one',
    strict: "only with `store: containerd`; otherwise block registry-1.docker.io in the host's firewall",
    credentials:
      'none for mirrors, which get the Docker Hub login. A proxy can add a robot, or `store: containerd` a header',
    wildcard: 'none',
    ca: '`/etc/docker/certs.d/HOST/ca.crt`',
    reload: 'daemon.json at SIGHUP (systemctl reload docker), certs.d at the next pull',
  },
  options: {
    store: {
      description:
        'graph: the graph driver store with a mirror domain. path: the same from 24.0.8 with a mirror that has a path. containerd: the containerd image store, which reads hosts.toml (`docker info`: driver-type io.containerd.snapshotter.v1).',
      enum: ['graph', 'path', 'containerd'],
      default: 'graph',
    },
    path: {
      description: 'store: path: the path that the proxy in front of Harbor rewrites, before the project.',
      type: 'string',
      pattern: '^/([a-z0-9._-]+/)*[a-z0-9._-]+$',
      default: '/mirror',
    },
  },
  example: { store: 'containerd' },
  traps: [
    'If the mirror fails, also because of its certificate, it pulls from Docker Hub without an error.',
    'With the graph driver `docker pull` ignores hosts.toml, while `docker build` in the same daemon uses it.',
    'A login of Docker Hub is sent to the mirror (moby/moby#42022), and `docker login MIRROR` is not used.',
    'A mirror with a path on Harbor itself reaches the portal (moby/moby#47144): a proxy has to rewrite the path.',
    'With a wrong key, or a mirror without a scheme, the daemon does not start: validate before you copy.',
    'The certificate of a registry on 127.0.0.0/8 is not verified.',
  ],
  reads: ['/etc/docker/d*mon*', `${CERTS_D}/*/*`],
  render,
  check: checkDaemonJson,
};

function render(input: RenderInput): Rendering {
  return input.options['store'] === 'containerd' ? withContainerdStore(input) : withMirrors(input);
}

/** Every registry by path, for every pull. With the graph driver `docker pull` silently ignores these files. */
function withContainerdStore(input: RenderInput): Rendering {
  return {
    files: certsD(input, CERTS_D, 'dockerd'),
    steps: ['No restart is needed: the files are read at the next pull.'],
    warnings: [
      ...credentialWarnings(input),
      'Only the containerd image store reads these files: docker info must show io.containerd.snapshotter.v1.',
    ],
  };
}

/**
 * The CA is written for Harbor and for each mirror domain: dockerd looks in the directory of the host that it
 * connects to.
 */
function withMirrors(input: RenderInput): Rendering {
  const hub = input.upstreams.find(({ registry }) => registry === 'docker.io');
  const mirrors = hub ? mirrorsOf(input, hub) : [];
  const others = input.upstreams.filter(({ registry }) => registry !== 'docker.io').map(({ registry }) => registry);
  return {
    files: [
      ...(mirrors.length === 0 ? [] : [file(DAEMON_JSON, daemonJson(mirrors))]),
      ...(input.ca === undefined
        ? []
        : [...new Set([harborHost(input), ...mirrors.map((mirror) => new URL(mirror).host)])].map((host) =>
            file(`${CERTS_D}/${host}/ca.crt`, input.ca ?? ''),
          )),
    ],
    steps: [
      `dockerd --validate --config-file=${DAEMON_JSON} (from 23.0; an older one that cannot read the file does not start)`,
      'systemctl reload docker',
      'docker info lists the mirror under Registry Mirrors.',
    ],
    warnings: [
      ...(hub && mirrors.length === 0
        ? [
            'no mirror domain is declared for docker.io: declare projects.<project>.conformance.mirrors, or use store: path or containerd',
          ]
        : []),
      ...(others.length > 0 ? [`dockerd mirrors docker.io only; not through the cache: ${others.join(', ')}`] : []),
      ...(input.profile === 'strict'
        ? [
            "dockerd has no strict mode: if the mirror fails, it pulls from Docker Hub. Block registry-1.docker.io and auth.docker.io in the host's firewall.",
          ]
        : []),
      ...credentialWarnings(
        input,
        'dockerd sends no login to a mirror. Let the proxy of the mirror domain add a robot (breakwater mirror render --way robot).',
      ),
    ],
  };
}

/** A mirror with a path needs dockerd 24.0.8, and a proxy that rewrites the path. */
function mirrorsOf(input: RenderInput, hub: Upstream): string[] {
  if (input.options['store'] === 'path') return [`${input.harborUrl}${requiredText(input, 'path')}/${hub.project}`];
  return hub.mirrors.map((domain) => `https://${domain}`);
}

/** JSON has no comments, so there is no header. */
function daemonJson(mirrors: readonly string[]): string {
  return `${JSON.stringify({ 'registry-mirrors': mirrors }, null, 2)}\n`;
}
