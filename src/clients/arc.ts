import { compact } from '../compact';
import { checkNothing } from './check/nothing';
import type { Client, RenderInput, Rendering } from './client';
import { cachedName, DIND_IS_NOT_STRICT, DIND_WITHOUT_MIRROR, hubMirrors } from './support/cached-name';
import { CA_CONFIG_MAP, caConfigMap, caSteps } from './support/ca-config-map';
import { header } from './support/header';
import { imagePullSecrets, pullSecret, pullSecretOptions } from './support/pull-secret';
import { file } from './support/rendering';
import { yamlText } from './support/yaml';

/**
 * The pod of a runner has its own dockerd. It inherits nothing from the node: neither mirrors nor a CA. So the
 * mirror is an argument of that dockerd, and the CA is mounted for each mirror's host.
 *
 *     pod of a runner
 *       runner              image by the name of the cache, pulled by the node
 *       dind (dockerd)      --registry-mirror, ca.crt for each mirror ──► images of the job
 */
export const arc: Client = {
  name: 'arc',
  title: 'Actions Runner Controller',
  about: 'Runner scale sets in Kubernetes (chart gha-runner-scale-set) with docker:dind.',
  can: {
    registries: 'docker.io only',
    path: false,
    strict:
      'none: if the mirror fails, docker:dind pulls from Docker Hub; block registry-1.docker.io with a NetworkPolicy',
    credentials: 'imagePullSecrets for the pod; docker:dind sends no login to a mirror',
    wildcard: 'none',
    ca: '/etc/docker/certs.d/HOST/ca.crt in the container dind',
    reload: 'at the next runner',
  },
  options: pullSecretOptions,
  reads: [],
  check: checkNothing,
  render,
};

function render(input: RenderInput): Rendering {
  const mirrors = hubMirrors(input);
  const secret = pullSecret(input);
  return {
    files: [
      file('values.yaml', yamlText(header(input, 'gha-runner-scale-set'), values(input, mirrors))),
      ...caConfigMap(input),
      ...secret.files,
    ],
    steps: [
      ...caSteps(input),
      ...secret.steps,
      'helm upgrade --install … oci://ghcr.io/actions/actions-runner-controller-charts/gha-runner-scale-set -f values.yaml',
    ],
    warnings: [
      ...(mirrors.length === 0 ? [DIND_WITHOUT_MIRROR] : []),
      ...(input.profile === 'strict' ? [DIND_IS_NOT_STRICT] : []),
      ...secret.warnings,
    ],
  };
}

/** `containerMode: dind` takes no arguments for dockerd: the container is written out. */
function values(input: RenderInput, mirrors: readonly string[]): object {
  const runner = cachedName(input, 'ghcr.io', 'actions/actions-runner:latest');
  const socket = { name: 'dind-sock', mountPath: '/var/run' };
  const work = { name: 'work', mountPath: '/home/runner/_work' };
  const externals = { name: 'dind-externals', mountPath: '/home/runner/externals' };
  return {
    template: {
      spec: compact({
        imagePullSecrets: input.robot && imagePullSecrets(input),
        initContainers: [
          {
            name: 'init-dind-externals',
            image: runner,
            command: ['cp', '-r', '/home/runner/externals/.', '/home/runner/tmpDir/'],
            volumeMounts: [{ name: 'dind-externals', mountPath: '/home/runner/tmpDir' }],
          },
          {
            name: 'dind',
            restartPolicy: 'Always',
            image: cachedName(input, 'docker.io', 'library/docker:28-dind'),
            args: [
              'dockerd',
              '--host=unix:///var/run/docker.sock',
              '--group=123',
              ...mirrors.map((mirror) => `--registry-mirror=${mirror}`),
            ],
            securityContext: { privileged: true },
            volumeMounts: [work, socket, externals, ...caMounts(input, mirrors)],
          },
        ],
        containers: [
          {
            name: 'runner',
            image: runner,
            command: ['/home/runner/run.sh'],
            env: [{ name: 'DOCKER_HOST', value: 'unix:///var/run/docker.sock' }],
            volumeMounts: [work, socket],
          },
        ],
        volumes: volumes(input),
      }),
    },
  };
}

/**
 * The volumes that `containerMode: dind` would add: the container is written out, so they are, too.
 */
function volumes(input: RenderInput): object[] {
  return [
    ...['work', 'dind-sock', 'dind-externals'].map((name) => ({ name, emptyDir: {} })),
    ...(input.ca === undefined ? [] : [{ name: 'ca', configMap: { name: CA_CONFIG_MAP } }]),
  ];
}

/**
 * dockerd looks for the CA in a directory with the host of the mirror, so one mount is needed for each host.
 */
function caMounts({ ca }: RenderInput, mirrors: readonly string[]): object[] {
  return ca === undefined
    ? []
    : mirrors.map((mirror) => ({ name: 'ca', mountPath: `/etc/docker/certs.d/${new URL(mirror).host}` }));
}
