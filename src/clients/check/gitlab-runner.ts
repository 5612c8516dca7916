import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/tree';
import type { Facts, FoundFile } from '../client';
import { checkMirror } from './docker-mirror';
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

/** By the rules of GitLab Runner, and those of dockerd for docker:dind. */
export function checkGitlabRunner(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  return files
    .filter(({ path }) => /(^|\/)config\.toml(\.snippet)?$/.test(path))
    .flatMap((file) => {
      const { trees, diagnostics } = readToml(file, STOPS);
      return [...diagnostics, ...trees.flatMap((tree) => checkConfig(tree, facts))];
    });
}

function checkConfig(tree: TreeNode, facts: Facts): Diagnostic[] {
  const runners = itemsAt(tree, 'runners');
  const services = runners.flatMap((runner) =>
    ['docker', 'kubernetes'].flatMap((executor) => [...itemsAt(childOf(runner, executor), 'services')]),
  );
  return [
    ...checkShape(tree, shape, HABITS),
    ...services.flatMap((one) => checkService(one, facts)),
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

/** `--registry-mirror URL`, or with `=`, of the dockerd in the service. */
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
    if (/^--?registry-?mirrors?$|^-registry/.test(node.value) && node.value !== '--registry-mirror')
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

/** Where docker:dind looks for the authority of a host. */
function checkVolume({ value, span }: TextNode, { harborUrl, upstreams = [] }: Facts): Diagnostic[] {
  const [, target = ''] = value.split(':/');
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
            `${host} is neither Harbor nor a mirror domain: the authority is not found`,
            `write /etc/docker/certs.d/${known[0]}/ca.crt`,
          ),
        ]),
    ...(/\.(crt|cert|key)$/.test(name)
      ? []
      : [
          error(
            'ignored-file',
            span,
            `only files that end in .crt are read as an authority: ${name} is ignored`,
            `write ${host}/ca.crt`,
          ),
        ]),
  ];
}

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

function login({ value, span }: TextNode): Diagnostic[] {
  const [, json] = /^DOCKER_AUTH_CONFIG=(.*)$/s.exec(value) ?? [];
  if (json === undefined) return [];
  try {
    JSON.parse(json);
    return [];
  } catch {
    return [error('bad-login', span, 'DOCKER_AUTH_CONFIG is not valid JSON: pulls are anonymous')];
  }
}
