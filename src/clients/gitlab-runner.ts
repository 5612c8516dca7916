import { checkGitlabRunner } from './check/gitlab-runner';
import type { Client, RenderInput, Rendering } from './client';
import { cachedName, DIND_IS_NOT_STRICT, DIND_WITHOUT_MIRROR, hubMirrors } from './support/cached-name';
import { dockerConfig } from './support/docker-config';
import { header } from './support/header';
import { imagePullSecrets, pullSecret, pullSecretOptions } from './support/pull-secret';
import { credentialWarnings, file, harborHost, SECRET_MODE } from './support/rendering';
import { tomlList, tomlString } from './support/toml';

const CONFIG = '/etc/gitlab-runner/config.toml';
const CA = '/etc/gitlab-runner/certs/breakwater-ca.crt';

/**
 * Who pulls depends on the executor, and so does what has to be configured:
 *
 *     executor      image: and services:       helper image      build in the job
 *     docker        dockerd of the host        the same          the same, by its socket
 *     dind          dockerd of the host        the same          dockerd of the service docker:dind
 *     kubernetes    runtime of the node        the same          (a builder of your own)
 */
export const gitlabRunner: Client = {
  name: 'gitlab-runner',
  title: 'GitLab Runner',
  about: 'Runners with the executors docker and kubernetes, and docker:dind in jobs.',
  can: {
    registries: 'every registry',
    path: 'depends on the runtime of the host or node; docker:dind needs a mirror domain and mirrors docker.io only',
    strict: 'depends on the runtime; not with docker:dind',
    credentials: 'DOCKER_AUTH_CONFIG (docker), image_pull_secrets (kubernetes)',
    wildcard: 'depends on the runtime',
    ca: '/etc/docker/certs.d in docker:dind, mounted by the runner',
    reload: 'within seconds: the runner watches config.toml',
  },
  options: {
    executor: {
      description: 'The executor of these runners.',
      enum: ['docker', 'kubernetes', 'dind'],
      default: 'docker',
    },
    ...pullSecretOptions,
  },
  example: { executor: 'kubernetes', namespace: 'gitlab' },
  traps: [
    "docker:dind does not use the host's configuration, neither mirrors nor the CA.",
    'The helper image of every job comes from registry.gitlab.com.',
  ],
  reads: [CONFIG],
  check: checkGitlabRunner,
  render,
};

function render(input: RenderInput): Rendering {
  const executor = input.options['executor'];
  if (executor === 'kubernetes') return kubernetes(input);
  return executor === 'dind' ? dind(input) : docker(input);
}

/** The dockerd of the host pulls jobs and services, and also the helper image. */
function docker(input: RenderInput): Rendering {
  const login = dockerConfig(input);
  const environment =
    login === undefined
      ? []
      : [`  environment = ${tomlList([`DOCKER_AUTH_CONFIG=${JSON.stringify(JSON.parse(login))}`])}`];
  const mode = login === undefined ? {} : { mode: SECRET_MODE };
  return {
    files: [snippet([header(input, 'GitLab Runner'), '[[runners]]', ...environment, ...helper(input)], mode)],
    steps: [`Merge config.toml.snippet into [[runners]] of ${CONFIG}.`],
    warnings: [
      'image: and services: of jobs are pulled by the dockerd of the host: declare a client dockerd for it.',
      ...credentialWarnings(input),
    ],
  };
}

/** docker:dind inherits nothing from the host: neither mirrors nor the CA. */
function dind(input: RenderInput): Rendering {
  const mirrors = hubMirrors(input);
  const command = mirrors.flatMap((mirror) => ['--registry-mirror', mirror]);
  const hosts = [...new Set([harborHost(input), ...mirrors.map((mirror) => new URL(mirror).host)])];
  const mounts = input.ca === undefined ? [] : hosts.map((host) => `${CA}:/etc/docker/certs.d/${host}/ca.crt:ro`);
  return {
    files: [
      snippet([
        header(input, 'GitLab Runner'),
        '[[runners]]',
        ...helper(input),
        ...(mounts.length === 0 ? [] : [`    volumes = ${tomlList(['/cache', '/certs/client', ...mounts])}`]),
        '  [[runners.docker.services]]',
        `    name = ${tomlString(cachedName(input, 'docker.io', 'library/docker:28-dind'))}`,
        '    alias = "docker"',
        ...(command.length === 0 ? [] : [`    command = ${tomlList(command)}`]),
      ]),
      ...(input.ca === undefined ? [] : [file(CA, input.ca)]),
    ],
    steps: [
      `Merge config.toml.snippet into [[runners]] of ${CONFIG}.`,
      'Remove docker:dind from services: of the jobs: the runner starts it.',
    ],
    warnings: [
      ...(mirrors.length === 0 ? [DIND_WITHOUT_MIRROR] : []),
      ...(input.profile === 'strict' ? [DIND_IS_NOT_STRICT] : []),
      ...credentialWarnings(
        input,
        'docker:dind sends no login to a mirror: let the proxy of the mirror domain add a robot.',
      ),
    ],
  };
}

/**
 * Only the helper image and the login: what `image:` of a job names is pulled by the node, and no setting of the runner
 * changes that name.
 */
function kubernetes(input: RenderInput): Rendering {
  const secret = pullSecret(input);
  const names = imagePullSecrets(input).map(({ name }) => name);
  return {
    files: [
      snippet([
        header(input, 'GitLab Runner'),
        '[[runners]]',
        '  [runners.kubernetes]',
        `    helper_image = ${tomlString(helperImage(input))}`,
        ...(names.length === 0 ? [] : [`    image_pull_secrets = ${tomlList(names)}`]),
      ]),
      ...secret.files,
    ],
    steps: [
      `Merge config.toml.snippet into [[runners]] of config.toml (in the chart: runners.config).`,
      ...secret.steps,
    ],
    warnings: [
      'Images of jobs are pulled by the runtime of the nodes: declare a client containerd or cri-o for them, or one of the admission policies.',
      ...secret.warnings,
    ],
  };
}

/** Not a complete file: config.toml also has the runner's token and its executor. */
function snippet(lines: readonly string[], mode: { mode?: number } = {}) {
  return file('config.toml.snippet', `${lines.join('\n')}\n`, { ...mode, note: `merge into ${CONFIG}` });
}

/** Every job pulls it from registry.gitlab.com. */
function helper(input: RenderInput): string[] {
  return ['  [runners.docker]', `    helper_image = ${tomlString(helperImage(input))}`];
}

/** The runner fills in its own version, so that the helper always fits. */
function helperImage(input: RenderInput): string {
  return cachedName(
    input,
    'registry.gitlab.com',
    'gitlab-org/gitlab-runner/gitlab-runner-helper:x86_64-v${CI_RUNNER_VERSION}',
  );
}
