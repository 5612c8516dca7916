import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Facts, FoundFile } from '../client';
import { checkMirror } from './docker-mirror';
import { didYouMean } from '../../suggest';
import { exposedLogin } from './pem';
import { checkShape, type Shape } from './shape';
import { error, readToml } from './trees';
import { isText, itemsAt, textAt, type TextNode } from './values';

const STOPS = 'the runner keeps its old configuration, or does not start';
const HABITS = { unknownKey: 'it is silently ignored', wrongType: STOPS };

const service: Shape = {
  keys: {
    name: 'text',
    alias: 'text',
    command: { listOf: 'text' },
    entrypoint: { listOf: 'text' },
    environment: { listOf: 'text' },
    variables: 'any',
  },
};
const shape: Shape = {
  open: true,
  keys: {
    runners: {
      listOf: {
        open: true,
        keys: {
          environment: { listOf: 'text' },
          docker: {
            open: true,
            keys: { helper_image: 'text', image: 'text', volumes: { listOf: 'text' }, services: { listOf: service } },
          },
          kubernetes: {
            open: true,
            keys: {
              helper_image: 'text',
              image: 'text',
              image_pull_secrets: { listOf: 'text' },
              services: { listOf: service },
            },
          },
        },
      },
    },
  },
};

/**
 * By the rules of GitLab Runner, and those of dockerd for docker:dind. The executor's own settings are checked, and
 * inside them the arguments of docker:dind, where the mirror of a job is configured. Other keys of the runner are
 * accepted: this is not a linter for config.toml.
 *
 *      [[runners]]
 *        environment = ["DOCKER_AUTH_CONFIG={…}"]      login for image: and services:
 *        [runners.docker]
 *          helper_image = "HARBOR/PROJECT/…"
 *          volumes = ["CA:/etc/docker/certs.d/HOST/ca.crt:ro"]
 *          [[runners.docker.services]]
 *            name = "docker:28-dind"
 *            command = ["--registry-mirror", "https://MIRROR"]
 */
export function checkGitlabRunner(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  return files
    .filter(({ path }) => /(^|\/)config\.toml(\.snippet)?$/.test(path))
    .flatMap((file) => {
      const { trees, diagnostics } = readToml(file, STOPS);
      return [
        ...diagnostics,
        ...trees.flatMap((tree) => [...checkConfig(tree, facts), ...exposedLogin(file, hasLogin(tree))]),
      ];
    });
}

function checkConfig(tree: TreeNode, facts: Facts): Diagnostic[] {
  const runners = itemsAt(tree, 'runners');
  const services = runners.flatMap((runner) =>
    ['docker', 'kubernetes'].flatMap((executor) => [...itemsAt(childOf(runner, executor), 'services')]),
  );
  return [
    ...checkShape(tree, shape, HABITS),
    ...runners.flatMap(misplaced),
    ...services.flatMap((one) => [...checkService(one, facts), ...withoutMirror(one, runners, facts)]),
    ...runners.flatMap((runner) =>
      itemsAt(childOf(runner, 'docker'), 'volumes')
        .filter(isText)
        .flatMap((volume) => checkVolume(volume, facts)),
    ),
    ...runners.flatMap((runner) =>
      ['docker', 'kubernetes'].flatMap((executor) =>
        helperImage(textAt(childOf(runner, executor), 'helper_image'), facts),
      ),
    ),
    ...runners.flatMap((runner) => itemsAt(runner, 'environment').filter(isText).flatMap(login)),
  ];
}

/** Then the file must not be readable by everyone (`exposedLogin`). */
function hasLogin(tree: TreeNode): boolean {
  return itemsAt(tree, 'runners').some((runner) =>
    itemsAt(runner, 'environment').some((one) => isText(one) && one.value.startsWith('DOCKER_AUTH_CONFIG=')),
  );
}

/**
 * Settings of an executor that are one level too high. TOML makes this mistake easy: a key after the header of another
 * table belongs to that table, however it is indented.
 */
function misplaced(runner: TreeNode): Diagnostic[] {
  if (runner.type !== 'map') return [];
  return [...runner.entries]
    .filter(([name]) => ['services', 'volumes', 'helper_image', 'image_pull_secrets', 'command'].includes(name))
    .map(([name, { key }]) => {
      const table = name === 'image_pull_secrets' ? 'kubernetes' : 'docker';
      const message = `${name} belongs to the executor: here it is silently ignored`;
      return error('misplaced', key, message, `move it to [runners.${table}]`);
    });
}

/** docker:dind without a mirror although one is declared: neither by flag nor by a mounted daemon.json. */
function withoutMirror(one: TreeNode, runners: readonly TreeNode[], { upstreams }: Facts): Diagnostic[] {
  const name = textAt(one, 'name');
  const [mirror] = upstreams?.find(({ registry }) => registry === 'docker.io')?.mirrors ?? [];
  if (!name || mirror === undefined || !/\bdocker:[^/]*dind/.test(name.value)) return [];
  const isMirrored = itemsAt(one, 'command').some((word) => isText(word) && /registry/.test(word.value));
  const isMounted = runners.some((runner) =>
    itemsAt(childOf(runner, 'docker'), 'volumes').some(
      (volume) => isText(volume) && /:\/etc\/docker(\/daemon\.json)?(:|$)/.test(volume.value),
    ),
  );
  if (isMirrored || isMounted) return [];
  const message = 'docker:dind has no mirror: it pulls from Docker Hub directly';
  return [error('not-the-cache', name.span, message, `add: command = ["--registry-mirror", "https://${mirror}"]`)];
}

/**
 * `--registry-mirror URL`, or with `=`, of the dockerd in the service.
 *
 *      command                                          dockerd gets
 *      ["--registry-mirror", "https://m"]               flag and value
 *      ["--registry-mirror=https://m"]                  the same
 *      ["--registry-mirror https://m"]                  one unknown argument: it does not start
 *      ["--registry-mirrors", "https://m"]              an unknown flag: it does not start
 *      ["--registry-mirror"]                            a flag without a value: it does not start
 */
function checkService(one: TreeNode, facts: Facts): Diagnostic[] {
  const command = itemsAt(one, 'command').filter(isText);
  return command.flatMap((node, i) => {
    const [, inline] = /^--registry-mirror=(.*)$/s.exec(node.value) ?? [];
    if (inline !== undefined) return checkMirror({ ...node, value: inline }, facts);
    if (/^--registry-mirrors?\s/.test(node.value))
      return [
        error(
          'one-argument',
          node.span,
          'flag and value are one argument: dockerd does not start',
          'write: ["--registry-mirror", "https://…"]',
        ),
      ];
    if (/^-{0,2}registr(?:y|ies)[-_]?mirrors?(?:=.*)?$/i.test(node.value) && node.value !== '--registry-mirror')
      return [
        error(
          'unknown-flag',
          node.span,
          `${node.value} is not a flag of dockerd: it does not start`,
          'write --registry-mirror',
        ),
      ];
    const next = command[i + 1];
    return node.value === '--registry-mirror'
      ? next
        ? checkMirror(next, facts)
        : [error('no-value', node.span, '--registry-mirror without a value: dockerd does not start')]
      : [];
  });
}

/**
 * Where docker:dind looks for the CA of a host: SOURCE:/etc/docker/certs.d/HOST/ca.crt. The host is that of the URL it
 * connects to, so a mirror domain needs a directory of its own, also if it is the same machine as Harbor.
 */
function checkVolume({ value, span }: TextNode, { harborUrl, upstreams = [] }: Facts): Diagnostic[] {
  const [source = '', target = ''] = value.split(':/');
  if (/^\/etc\/docker\/certs\.d\//.test(source) && target !== '' && !target.startsWith('etc/docker/'))
    return [
      error(
        'ca-elsewhere',
        span,
        'the path in docker:dind is before the colon, which is the side of the host',
        'write FILE:/etc/docker/certs.d/HOST/ca.crt:ro',
      ),
    ];
  const [, host, name] = /^etc\/docker\/certs\.d\/([^/]+)\/([^/]+?)(?::(?:ro|rw|z|Z))?$/.exec(target) ?? [];
  if (host === undefined || name === undefined || harborUrl === undefined) return [];
  const known = [new URL(harborUrl).host, ...upstreams.flatMap(({ mirrors }) => mirrors)];
  return [
    ...(known.includes(host)
      ? []
      : [
          error(
            'ca-elsewhere',
            span,
            `${host} is neither Harbor nor a mirror domain: the CA is not found`,
            `write /etc/docker/certs.d/${known[0]}/ca.crt`,
          ),
        ]),
    ...(/\.(crt|cert|key)$/.test(name)
      ? []
      : [
          error(
            'ignored-file',
            span,
            `only files that end in .crt are read as CAs: ${name} is ignored`,
            `write ${host}/ca.crt`,
          ),
        ]),
  ];
}

/** An image that does not begin with Harbor's host is left alone. */
function helperImage(node: TextNode | undefined, { harborUrl, upstreams = [] }: Facts): Diagnostic[] {
  if (!node || harborUrl === undefined) return [];
  const { host } = new URL(harborUrl);
  if (/^[a-z]+:\/\//.test(node.value))
    return [
      error(
        'scheme',
        node.span,
        'an image has no scheme: every job fails',
        `write ${node.value.replace(/^[a-z]+:\/+/, '')}`,
      ),
    ];
  const [first, project = ''] = node.value.split('/');
  if (first !== host || upstreams.some((upstream) => upstream.project === project)) return [];
  return [error('unknown-project', node.span, `no project ${project} is declared: every job fails`)];
}

/**
 * `environment` is a list of `NAME=VALUE`. A name close to DOCKER_AUTH_CONFIG is reported, because the runner
 * ignores it.
 */
function login({ value, span }: TextNode): Diagnostic[] {
  const [name = '', json = ''] = value.split(/=(.*)/s);
  if (name !== 'DOCKER_AUTH_CONFIG' && didYouMean(name, ['DOCKER_AUTH_CONFIG']))
    return [
      error('unknown-key', span, `${name} is not read: pulls are anonymous`, 'did you mean "DOCKER_AUTH_CONFIG"?'),
    ];
  if (name !== 'DOCKER_AUTH_CONFIG') return [];
  try {
    JSON.parse(json);
    return [];
  } catch {
    return [error('bad-login', span, 'DOCKER_AUTH_CONFIG is not valid JSON: pulls are anonymous')];
  }
}
