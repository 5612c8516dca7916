import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Span } from '../../declaration/yaml/source-text';
import type { Facts, FoundFile } from '../client';
import { suggest } from '../../suggest';
import { askedBefore, checkRegistryName, expectedEndpoint, isPublicEndpoint, judgeEndpoint } from './endpoint';
import type { EndpointForm } from './endpoint';
import { missingLogin } from './login';
import { exposedLogin, namedFile } from './pem';
import { checkRewrite } from './rewrite';
import { checkShape, type Shape } from './shape';
import { error, readYaml, startOfFile, warning } from './trees';
import { entriesAt, isTrue, textAt, textsAt, type TextNode } from './values';

const STOPS = 'the node does not start';
const NEVER = 'the entry matches nothing';
const HABITS = { unknownKey: 'it is silently ignored', wrongType: STOPS };
const STRICT_KEY = 'disable-default-registry-endpoint';

const shape: Shape = {
  keys: {
    mirrors: { mapOf: { either: [{ keys: { endpoint: { listOf: 'text' }, rewrite: { mapOf: 'text' } } }, 'any'] } },
    configs: {
      mapOf: {
        keys: {
          auth: { keys: { username: 'any', password: 'any', auth: 'text', identity_token: 'text' } },
          tls: { keys: { ca_file: 'text', cert_file: 'text', key_file: 'text', insecure_skip_verify: 'boolean' } },
        },
      },
    },
    auths: 'any',
  },
};

/** A path is treated as complete, and override_path is written for it. */
const FORM: EndpointForm = { before: '/v2/', scheme: 'assumed', refusal: 'the endpoint is ignored' };

/**
 * By the rules of k3s and RKE2.
 *
 *     registries.yaml ── start of k3s ──► certs.d/REGISTRY/hosts.toml ──► containerd
 *     mirrors.docker.io.endpoint          [host."https://HARBOR/v2/proxy.docker.io"], override_path
 *     configs.HARBOR.auth, .tls           header, ca of that host
 *     config.yaml: disable-default-…      no server: without it the public registry is the fallback
 *
 * The node itself writes the files of containerd, so a mistake here shows only after a restart and in another
 * file.
 */
export function checkRegistriesYaml(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  const misnamed = files.filter(({ path }) => /\/registr(y|ies)\.(yml|json|conf|toml)$|\/registry\.yaml$/.test(path));
  const found = files.filter(({ path }) => /(^|\/)registries\.yaml$/.test(path));
  return [
    ...misnamed.map(({ path }) =>
      error(
        'ignored-file',
        startOfFile(path),
        'only registries.yaml is read',
        `mv ${path} ${path.replace(/[^/]*$/, 'registries.yaml')}`,
      ),
    ),
    ...found.flatMap((file) => {
      const { trees, diagnostics } = readYaml(file, STOPS);
      return [
        ...diagnostics,
        ...trees.flatMap((tree) => checkRegistries(tree, file, files, facts)),
        ...(trees.length + diagnostics.length === 0 ? missing([], facts, file) : []),
      ];
    }),
    ...found.flatMap((file) => checkStrict(file, files, facts)),
  ];
}

interface Context {
  readonly tree: TreeNode;
  readonly files: readonly FoundFile[];
  readonly facts: Facts;
}

function checkRegistries(tree: TreeNode, file: FoundFile, files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  const context = { tree, files, facts };
  const configs = entriesAt(tree, 'configs');
  return [
    ...checkShape(tree, shape, HABITS),
    ...entriesAt(tree, 'mirrors').flatMap(([registry, { key, value }]) => checkMirror(registry, key, value, context)),
    ...configs.flatMap(([host, { key, value }]) => checkConfig(host, key, value, context)),
    ...missing(
      entriesAt(tree, 'mirrors').map(([registry]) => registry),
      facts,
      file,
    ),
    ...exposedLogin(
      file,
      configs.some(([, { value }]) => childOf(value, 'auth') !== undefined),
    ),
  ];
}

/**
 * `*` is right without a project in it, for example for the embedded registry of k3s.
 */
function checkMirror(registry: string, key: Span, mirror: TreeNode, context: Context): Diagnostic[] {
  const endpoints = textsAt(mirror, 'endpoint');
  const rewrites = entriesAt(mirror, 'rewrite');
  const { facts } = context;
  const hint = expectedEndpoint(FORM, registry, facts);
  if (registry === '*')
    return endpoints.some(({ value }) => !isPublicEndpoint(value, undefined)) &&
      (rewrites.length > 0 || endpoints.some(({ value }) => /\/v2\/./.test(value)))
      ? [
          error(
            'wildcard',
            key,
            '"*" matches every registry, but a project serves only one',
            'write an entry for each registry',
          ),
        ]
      : [];
  const name = checkRegistryName(registry, key, NEVER);
  if (name.length > 0) return name;
  const found = endpoints.flatMap((node) => checkEndpoint(node, endpoints, registry, rewrites.length > 0, facts));
  const isDeclared = facts.upstreams?.some((upstream) => upstream.registry === registry);
  const caches = endpoints.filter(({ value }) => !isPublicEndpoint(value, registry));
  return [
    ...found,
    ...askedBefore(endpoints, registry, facts),
    ...missingLogin(registry, hasLogin(context, endpoints), key, facts),
    ...rewrites.flatMap(([pattern, { key: at, value }]) => checkRewrite(pattern, at, value, registry, facts)),
    ...(isDeclared && caches.length === 0
      ? [
          error(
            'not-the-cache',
            key,
            `no endpoint of ${registry} is the cache: it is pulled directly`,
            `write: endpoint: ["${hint ?? 'https://HARBOR/v2/PROJECT'}"]`,
          ),
        ]
      : []),
  ];
}

/**
 * By the host of any endpoint: k3s looks the login up by the host that it connects to, not by the mirrored registry.
 */
function hasLogin({ tree }: Context, endpoints: readonly TextNode[]): boolean {
  const hosts = endpoints.flatMap(({ value }) => hostOf(value));
  return entriesAt(tree, 'configs').some(([host, { value }]) => hosts.includes(host) && childOf(value, 'auth'));
}

/**
 *     path in the endpoint   rewrite   project comes from
 *     yes                    no        the path
 *     no                     yes       the rewrite
 *     yes                    yes       both, which is an error
 */
function checkEndpoint(
  node: TextNode,
  all: readonly TextNode[],
  registry: string,
  isRewritten: boolean,
  facts: Facts,
): Diagnostic[] {
  if (isPublicEndpoint(node.value, registry)) return [];
  const { diagnostics } = judgeEndpoint(
    { node, registry, others: all.filter((other) => other !== node).map(({ value }) => value) },
    FORM,
    facts,
  );
  if (!isRewritten) return [...diagnostics];
  const hasPath = !/^\/?(?:v2\/?)?$/.test(pathOf(node.value));
  // With a rewrite, the replacement contains the project, and the endpoint is only the host.
  const others = diagnostics.filter(
    ({ rule }) => !['no-project', 'portal', 'extra-path', 'unknown-project', 'wrong-project'].includes(rule),
  );
  return hasPath
    ? [
        ...others,
        error(
          'rewrite',
          node.span,
          'a path and a rewrite: the project is put before the repository twice',
          'remove rewrite, or the path',
        ),
      ]
    : others;
}

/**
 * `configs` is looked up by the host of an endpoint. A host that resembles none of them is left alone: it may
 * be a registry without a mirror.
 */
function checkConfig(host: string, key: Span, config: TreeNode, { tree, files, facts }: Context): Diagnostic[] {
  const tls = childOf(config, 'tls');
  const authority = textAt(tls, 'ca_file');
  const skip = childOf(tls, 'insecure_skip_verify');
  const hosts = entriesAt(tree, 'mirrors').flatMap(([name, { value }]) => [
    name,
    ...textsAt(value, 'endpoint').flatMap(({ value: url }) => hostOf(url)),
  ]);
  const meant =
    suggest(host.replace(/^[a-z]+:\/+/, '').replace(/\/.*$/, ''), hosts) ??
    hosts.find((one) => one.split(':')[0] === host.split(':')[0]);
  return [
    ...(hosts.length === 0 || hosts.includes(host) || host === '*' || meant === undefined
      ? []
      : [
          error(
            'never-matched',
            key,
            `no endpoint has the host ${host}: its login and CA are not used`,
            `write ${meant}`,
          ),
        ]),
    ...(authority ? namedFile(authority, '/', files, facts, 'every pull from this host fails') : []),
    ...(isTrue(skip) && skip
      ? [warning('tls-unverified', skip.span, 'the certificate is not verified', 'remove it and set ca_file')]
      : []),
    ...loginFindings(childOf(config, 'auth')),
  ];
}

function pathOf(text: string): string {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  return URL.canParse(url) ? new URL(url).pathname : '';
}

function hostOf(text: string): string[] {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  return URL.canParse(url) ? [new URL(url).host] : [];
}

/** Half a login is not refused: the client sends none. */
function loginFindings(auth: TreeNode | undefined): Diagnostic[] {
  if (auth?.type !== 'map') return [];
  const has = (name: string): boolean => auth.entries.has(name);
  if (has('username') === has('password')) return [];
  return [
    error('bad-login', auth.span, `${has('username') ? 'password' : 'username'} is missing: pulls are anonymous`),
  ];
}

function missing(names: readonly string[], { upstreams }: Facts, { path }: FoundFile): Diagnostic[] {
  return (upstreams ?? [])
    .filter(({ registry }) => !names.includes(registry))
    .map(({ registry, project }) =>
      error(
        'registry-missing',
        startOfFile(path),
        `${registry} has no entry under mirrors: its images do not come from ${project}`,
        'breakwater clients render writes the file',
      ),
    );
}

/** The flag in config.yaml. A registry with an entry under `configs` keeps its default endpoint anyway. */
function checkStrict(file: FoundFile, files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  if (facts.profile !== 'strict') return [];
  const configs = files.filter(({ path }) => /\/config\.yaml(\.d\/[^/]+)?$/.test(path));
  const trees = configs.flatMap((config) => readYaml(config, STOPS).trees);
  const keys = trees.flatMap((tree) => (tree.type === 'map' ? [...tree.entries] : []));
  const flag = keys.find(([name]) => name === STRICT_KEY);
  if (flag && isTrue(flag[1].value)) return keptDefaults(file, facts);
  const near = keys.find(([name]) => name !== STRICT_KEY && suggest(name, [STRICT_KEY]) === STRICT_KEY);
  const at = flag?.[1].value.span ?? near?.[1].key ?? startOfFile(file.path);
  return [
    error(
      'not-strict',
      at,
      'the profile is strict, but the public registries are used if the cache fails',
      `write: ${STRICT_KEY}: true in config.yaml`,
    ),
  ];
}

/**
 * For the strict profile: a registry with an entry under `configs` keeps its default endpoint.
 */
function keptDefaults(file: FoundFile, { upstreams }: Facts): Diagnostic[] {
  const [tree] = readYaml(file, STOPS).trees;
  return entriesAt(tree, 'configs')
    .filter(([host]) => upstreams?.some(({ registry }) => registry === host))
    .map(([host, { key }]) =>
      error(
        'not-strict',
        key,
        `an entry for ${host} under configs keeps its default endpoint, regardless of ${STRICT_KEY}`,
        'remove it',
      ),
    );
}
