import type { Diagnostic } from '../../diagnostic';
import type { TreeNode } from '../../declaration/yaml/tree';
import { didYouMean } from '../../suggest';
import type { Facts, FoundFile } from '../client';
import { askedBefore, expectedEndpoint, isPublicEndpoint, judgeEndpoint, type EndpointForm } from './endpoint';
import { error, readYaml, startOfFile, warning } from './trees';
import { isText, itemsAt, textAt, type TextNode } from './values';

const STOPS = 'the build fails';
const FORM: EndpointForm = { before: '/', scheme: 'refused', refusal: 'the mirror is skipped' };

/** Flags about registries; other flags are not checked. */
const FLAGS = [
  'registry-map',
  'registry-mirror',
  'registry-certificate',
  'registry-client-cert',
  'skip-default-registry-fallback',
  'skip-tls-verify',
  'skip-tls-verify-pull',
  'skip-tls-verify-registry',
  'insecure',
  'insecure-pull',
  'insecure-registry',
];

interface Flag {
  readonly name: string;
  /** As text, at the position of its argument. */
  readonly value: TextNode | undefined;
  readonly node: TextNode;
}

/**
 * By the rules of kaniko, wherever the file contains the arguments of its container.
 * kaniko has no file: its arguments are somewhere in a pod, a Job, a Tekton task or a workflow, so every list
 * of arguments with a known flag counts as one builder.
 */
export function checkKaniko(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  return files
    .filter(({ path }) => /\.ya?ml$/.test(path))
    .flatMap((file) => {
      const { trees, diagnostics } = readYaml(file, STOPS);
      const builders = trees.flatMap(buildersIn);
      return [
        ...diagnostics,
        ...builders.flatMap(({ flags, container }) => [
          ...checkFlags(flags, file, facts),
          ...checkMounts(flags, container),
        ]),
        ...trees.flatMap(textArguments),
      ];
    });
}

interface Builder {
  readonly flags: readonly Flag[];
  readonly container: TreeNode;
}

/** `args: --flag`, which Kubernetes refuses. */
function textArguments(tree: TreeNode): Diagnostic[] {
  if (tree.type === 'list') return tree.items.flatMap(textArguments);
  if (tree.type !== 'map') return [];
  const args = textAt(tree, 'args');
  const inside = [...tree.entries.values()].flatMap(({ value }) => textArguments(value));
  if (!args || !/^--(?:registry-|skip-)/.test(args.value)) return inside;
  return [
    error('wrong-type', args.span, 'args must be a list: Kubernetes refuses the pod', 'write one item for each flag'),
    ...inside,
  ];
}

/** Every `args` with flags of a builder, at any depth: pods, jobs, workflows, tasks. */
function buildersIn(tree: TreeNode): Builder[] {
  if (tree.type === 'list') return tree.items.flatMap(buildersIn);
  if (tree.type !== 'map') return [];
  const args = ['args', 'command'].flatMap((key) => {
    const list = tree.entries.get(key)?.value;
    return list?.type === 'list' ? list.items.filter(isText) : [];
  });
  const isBuilder = args.some(({ value }) =>
    /^--(?:registry-|skip-default|skip-tls|context|destination|dockerfile|no-push)/.test(value),
  );
  const inside = [...tree.entries.values()].flatMap(({ value }) => buildersIn(value));
  return isBuilder ? [{ flags: flagsOf(args), container: tree }, ...inside] : inside;
}

/** `--flag=value`, or the value as the next argument. */
function flagsOf(args: readonly TextNode[]): Flag[] {
  return args.flatMap((node, i): Flag[] => {
    const [, name, , value] = /^--?([a-z-]+)(=(.*))?$/s.exec(node.value) ?? [];
    if (name === undefined) return [];
    const next = args[i + 1];
    const separate = value === undefined && next && !next.value.startsWith('-') ? next : undefined;
    return [{ name, node, value: value === undefined ? separate : { ...node, value } }];
  });
}

/**
 * `--registry-mirror` is for Docker Hub only, the others need a `--registry-map` each. Both count for what is
 * covered.
 */
function checkFlags(flags: readonly Flag[], file: FoundFile, facts: Facts): Diagnostic[] {
  const at = flags[0]?.node.span ?? startOfFile(file.path);
  const maps = flags.filter(({ name }) => name === 'registry-map').flatMap(({ value }) => (value ? mapsOf(value) : []));
  const mirrors = flags.filter(({ name }) => name === 'registry-mirror');
  const targets = mirrors.flatMap(({ value }) => value ?? []);
  const covered = new Set([
    ...maps.map(({ registry }) => registry),
    ...(mirrors.length > 0 ? ['index.docker.io'] : []),
  ]);
  return [
    ...flags.flatMap(unknownFlag),
    ...flags.flatMap((flag) => unverified(flag)),
    ...maps.flatMap((map) => checkMap(map, facts)),
    ...askedBefore(targets, 'docker.io', facts),
    ...mirrors.flatMap(({ value, node }) =>
      value
        ? judgeEndpoint({ node: value, registry: 'docker.io', others: othersOf(value, targets) }, FORM, facts)
            .diagnostics
        : [error('no-value', node.span, `--registry-mirror without a value: ${STOPS}`)],
    ),
    ...certificates(flags, facts),
    ...(facts.upstreams ?? [])
      .filter(({ registry }) => !covered.has(keyOf(registry)) && !maps.some((map) => map.registry === registry))
      .map(({ registry }) =>
        error(
          'registry-missing',
          at,
          `no --registry-map for ${registry}: it is pulled directly`,
          `add --registry-map=${keyOf(registry)}=${expectedEndpoint(FORM, registry, facts) ?? 'HARBOR/PROJECT'}`,
        ),
      ),
    ...(facts.profile === 'strict' &&
    !flags.some(({ name, value }) => name === 'skip-default-registry-fallback' && value?.value !== 'false')
      ? [
          error(
            'not-strict',
            at,
            'the profile is strict, but the public registry is used if the cache fails',
            'add --skip-default-registry-fallback',
          ),
        ]
      : []),
  ];
}

/** Docker Hub as go-containerregistry calls it. */
function keyOf(registry: string): string {
  return registry === 'docker.io' ? 'index.docker.io' : registry;
}

interface RegistryMap {
  readonly registry: string;
  readonly target: TextNode | undefined;
  readonly node: TextNode;
}

/** `a=b;c=d` */
function mapsOf(node: TextNode): RegistryMap[] {
  return node.value.split(';').map((pair) => {
    const [registry = '', target] = pair.split(/=(.*)/s);
    return { registry, node, target: target === undefined || target === '' ? undefined : { ...node, value: target } };
  });
}

/** kaniko compares with its own name of a registry: Docker Hub is `index.docker.io` there. */
function checkMap({ registry, target, node }: RegistryMap, facts: Facts): Diagnostic[] {
  if (!target)
    return [
      error(
        'bad-url',
        node.span,
        `"${node.value}" does not have the form REGISTRY=MIRROR: ${STOPS}`,
        'write: --registry-map=index.docker.io=HARBOR/PROJECT',
      ),
    ];
  const own = registry === 'index.docker.io' ? 'docker.io' : registry;
  const hint = expectedEndpoint(FORM, own === 'registry-1.docker.io' ? 'docker.io' : own, facts);
  if (registry === 'docker.io' || registry === 'registry-1.docker.io')
    return [
      error(
        'never-matched',
        node.span,
        `kaniko's name for Docker Hub is index.docker.io: a map of ${registry} matches nothing`,
        `write: --registry-map=index.docker.io=${hint ?? target.value}`,
      ),
    ];
  if (/^[a-z]+:\/\//.test(registry))
    return [
      error(
        'never-matched',
        node.span,
        `"${registry}" has a scheme: the map matches nothing`,
        `write ${registry.replace(/^[a-z]+:\/+/, '')}`,
      ),
    ];
  if (isPublicEndpoint(target.value, own))
    return [error('not-the-cache', node.span, `${target.value} is ${own} itself`, hint && `write ${hint}`)];
  return [...judgeEndpoint({ node: target, registry: own }, FORM, facts).diagnostics];
}

/** A flag that has nothing to do with registries is not judged: most flags of kaniko are about the build. */
function unknownFlag({ name, node }: Flag): Diagnostic[] {
  if (FLAGS.includes(name) || !/registr|mirror|fallback/.test(name)) return [];
  return [error('unknown-flag', node.span, `--${name} is not a flag of kaniko: ${STOPS}`, didYouMean(name, FLAGS))];
}

/** A warning: the build works, and it may be meant for the registry that gets the image. */
function unverified({ name, node, value }: Flag): Diagnostic[] {
  if (!/^(skip-tls-verify|insecure)(-pull|-registry)?$/.test(name) || value?.value === 'false') return [];
  return [
    warning(
      'tls-unverified',
      node.span,
      `--${name}: certificates are not verified`,
      'use --registry-certificate=HOST=FILE',
    ),
  ];
}

/** An endpoint is judged together with the other mirrors of the same registry; itself is not one of them. */
function othersOf(node: TextNode, all: readonly TextNode[]): string[] {
  return all.filter((other) => other !== node).map(({ value }) => value);
}

/** One entry for Harbor is enough: others belong to the registry for pushes. */
function certificates(flags: readonly Flag[], { harborUrl }: Facts): Diagnostic[] {
  const own = flags.filter(({ name }) => name === 'registry-certificate');
  const hosts = own.map(({ value }) => value?.value.split('=')[0] ?? '');
  const harbor = harborUrl === undefined ? undefined : new URL(harborUrl).host;
  return own.flatMap(({ value, node }, i) => {
    const [, path] = value?.value.split(/=(.*)/s) ?? [];
    if (path === undefined || path === '') {
      const hint = 'write: --registry-certificate=HARBOR=/ca.crt';
      return [error('bad-url', node.span, `must have the form HOST=FILE: ${STOPS}`, hint)];
    }
    if (harbor === undefined || hosts.includes(harbor)) return [];
    const message = `the certificate is for ${hosts[i]}, and Harbor is ${harbor}`;
    return [error('wrong-host', node.span, message, `write: --registry-certificate=${harbor}=${path}`)];
  });
}

/** The CA and the login, if the container has any volume mounts. */
function checkMounts(flags: readonly Flag[], container: TreeNode): Diagnostic[] {
  const mounts = itemsAt(container, 'volumeMounts').flatMap((mount) => textAt(mount, 'mountPath') ?? []);
  if (mounts.length === 0) return [];
  const isMounted = (path: string): boolean =>
    mounts.some(({ value }) => `${path}/`.startsWith(`${value.replace(/\/+$/, '')}/`));
  const authority = flags.flatMap(({ name, value, node }) => {
    const path = name === 'registry-certificate' ? value?.value.split(/=(.*)/s)[1] : undefined;
    return path === undefined || path === '' || isMounted(path)
      ? []
      : [
          warning(
            'unreadable-ca',
            node.span,
            `${path} is below no volume of the container: ${STOPS}`,
            'mount the CA there',
          ),
        ];
  });
  const hasOwn = itemsAt(container, 'env').some((one) => textAt(one, 'name')?.value === 'DOCKER_CONFIG');
  const login = mounts
    .filter(({ value }) => /\/\.docker\/?$/.test(value) && !/^\/kaniko\/\.docker\/?$/.test(value) && !hasOwn)
    .map(({ value, span }) =>
      error(
        'ignored-file',
        span,
        `kaniko reads its login in /kaniko/.docker, not in ${value}: pulls are anonymous`,
        'write /kaniko/.docker',
      ),
    );
  return [...authority, ...login];
}
