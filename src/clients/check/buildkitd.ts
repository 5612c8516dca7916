import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Span } from '../../declaration/yaml/source-text';
import { suggest } from '../../suggest';
import type { Facts, FoundFile } from '../client';
import { askedBefore, checkRegistryName, expectedEndpoint, isPublicEndpoint, judgeEndpoint } from './endpoint';
import type { EndpointForm } from './endpoint';
import { namedFile } from './pem';
import { checkShape, type Shape } from './shape';
import { error, readToml, startOfFile, warning } from './trees';
import { entriesAt, isTrue, textsAt, type TextNode } from './values';

const STOPS = 'buildkitd does not start';
const NEVER = 'the table matches nothing';
const HABITS = { unknownKey: 'it is silently ignored', wrongType: STOPS };
/**
 * A mirror is `HOST/PROJECT`. BuildKit puts `/v2` before the path itself and takes the scheme from `http` of
 * the host's own table.
 */
const FORM: EndpointForm = { before: '/', scheme: 'ignored', refusal: 'the mirror is skipped' };

const registryShape: Shape = {
  keys: {
    mirrors: { listOf: 'text' },
    http: 'boolean',
    insecure: 'boolean',
    ca: { listOf: 'text' },
    keypair: { listOf: { keys: { key: 'text', cert: 'text' } } },
    tlsconfigdir: { listOf: 'text' },
  },
};
/** Keys of the top level. Their content is not checked, because only `registry` concerns the cache. */
const TOP = [
  'debug',
  'trace',
  'root',
  'insecure-entitlements',
  'log',
  'grpc',
  'otel',
  'cdi',
  'worker',
  'registry',
  'dns',
  'history',
  'frontend',
  'system',
  'provenanceEnvDir',
];
const shape: Shape = {
  keys: { ...Object.fromEntries(TOP.map((key): [string, Shape] => [key, 'any'])), registry: { mapOf: registryShape } },
};

/**
 * By the rules of BuildKit: a mirror that fails is skipped, and the public registry is used.
 *
 *     registry."docker.io"      mirrors = ["HARBOR/proxy.docker.io"]     which mirror, in this order
 *     registry."HARBOR"         ca, http, insecure                       how that mirror is reached
 *     registry.docker.io        (unquoted)                               a table "io" in a table "docker": never used
 *
 * TLS options of the mirrored registry therefore do not apply to its mirror. This is the mistake that
 * `misplacedTls` finds.
 */
export function checkBuildkitd(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  const isRead = ({ path }: FoundFile): boolean => /buildkitd(\.default)?\.toml$/.test(path);
  const misnamed = files.filter((file) => /\/buildkit[^/]*\.(toml|conf|json|ya?ml)$/.test(file.path) && !isRead(file));
  return [
    ...(files.some(isRead) ? [] : misnamed).map(({ path }) =>
      error('ignored-file', startOfFile(path), 'only buildkitd.toml is read', 'rename it to buildkitd.toml'),
    ),
    ...files.filter(isRead).flatMap((file) => {
      const { trees, diagnostics } = readToml(file, STOPS);
      return [...diagnostics, ...trees.flatMap((tree) => checkConfig(tree, file, files, facts))];
    }),
  ];
}

/**
 * A table whose dots are not quoted is reported once, and left out of everything else: the other findings about
 * it would follow from this one.
 */
function checkConfig(tree: TreeNode, file: FoundFile, files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  const registries = entriesAt(tree, 'registry');
  const split = registries.filter(([name, { value }]) => !name.includes('.') && !name.includes(':') && isSplit(value));
  const whole = registries.filter((entry) => !split.includes(entry));
  return [
    ...checkShape(tree, shape, HABITS).filter(({ at }) => !split.some(([, { key }]) => isSameLine(at, key))),
    ...split.map(([name, { key, value }]) => unquoted(name, key, value)),
    ...whole.flatMap(([name, { key, value }]) => checkRegistry(name, key, value, { tree, files, facts })),
    ...missing(
      whole.map(([name]) => name),
      split.length,
      file,
      facts,
    ),
  ];
}

/** `[registry.docker.io]`: a table io in a table docker. */
function isSplit(value: TreeNode): boolean {
  return value.type === 'map' && [...value.entries.values()].some((entry) => entry.value.type === 'map');
}

function isSameLine(at: Diagnostic['at'], key: Span): boolean {
  if (!at) return false;
  const before = key.source.text.slice(0, key.start).split('\n').length;
  return at.line === before;
}

/**
 *     [registry.docker.io]     registry ─► docker ─► io     a registry named docker, with an unknown key io
 *     [registry."docker.io"]   registry ─► docker.io        what was meant
 */
function unquoted(name: string, key: Span, value: TreeNode): Diagnostic {
  const rest = value.type === 'map' ? [...value.entries.keys()][0] : '';
  return error(
    'unquoted-table',
    key,
    `the dots create nested tables: this configures a registry called ${name}`,
    `write [registry."${name}.${rest}"]`,
  );
}

interface Context {
  readonly tree: TreeNode;
  readonly files: readonly FoundFile[];
  readonly facts: Facts;
}

function checkRegistry(name: string, key: Span, table: TreeNode, { tree, files, facts }: Context): Diagnostic[] {
  const mirrors = textsAt(table, 'mirrors');
  const isOwn = facts.harborUrl !== undefined && new URL(facts.harborUrl).host === name;
  const isDeclared = facts.upstreams?.some(({ registry }) => registry === name) === true;
  const caches = mirrors.filter(({ value }) => !isPublicEndpoint(value, name));
  const hint = expectedEndpoint(FORM, name, facts);
  return [
    ...checkRegistryName(name, key, NEVER),
    ...caches.flatMap(
      (node) =>
        judgeEndpoint(
          { node, registry: name, others: mirrors.filter((other) => other !== node).map(({ value }) => value) },
          FORM,
          facts,
        ).diagnostics,
    ),
    ...askedBefore(caches, name, facts),
    ...caches.flatMap((node) => otherPort(node, tree, facts)),
    ...mirrors
      .filter((mirror) => !caches.includes(mirror))
      .map(({ span, value }) => error('not-the-cache', span, `${value} is ${name} itself`, hint && `write ${hint}`)),
    ...(isDeclared && mirrors.length === 0
      ? [
          error(
            'not-the-cache',
            key,
            `${name} has no mirror: it is pulled directly`,
            `write: mirrors = ["${hint ?? 'HARBOR/PROJECT'}"]`,
          ),
        ]
      : []),
    ...textsAt(table, 'ca').flatMap((ca) => namedFile(ca, '/', files, facts, 'every build fails at the first pull')),
    ...(isOwn ? ownHost(table, facts) : []),
    ...(isDeclared && !isOwn
      ? misplacedTls(
          name,
          table,
          caches.map(({ value }) => value.replace(/^[a-z]+:\/+/, '').split('/')[0] ?? ''),
          tree,
        )
      : []),
    ...otherName(name, key, table, facts),
  ];
}

/** Options are looked up by the mirror's host exactly as written: one with :443 is a different key. */
function otherPort({ value, span }: TextNode, tree: TreeNode, { harborUrl }: Facts): Diagnostic[] {
  const host = value.replace(/^[a-z]+:\/+/, '').replace(/\/.*$/, '');
  const own = harborUrl === undefined ? undefined : new URL(harborUrl).host;
  const names = entriesAt(tree, 'registry').map(([name]) => name);
  if (own === undefined || host !== `${own}:443` || !names.includes(own) || names.includes(host)) return [];
  const message = `the options of [registry."${own}"] do not count for ${host}: its certificate is not trusted`;
  return [error('never-matched', span, message, `write ${own}`)];
}

/**
 * The table of Harbor itself: how BuildKit talks to the cache. `http` is an error, `insecure` only a warning.
 */
function ownHost(table: TreeNode, { harborUrl }: Facts): Diagnostic[] {
  const http = childOf(table, 'http');
  const insecure = childOf(table, 'insecure');
  return [
    ...(http && isTrue(http) && harborUrl?.startsWith('https:')
      ? [error('plain-http', http.span, 'plain HTTP, but Harbor is served with TLS', 'remove http')]
      : []),
    ...(insecure && isTrue(insecure)
      ? [warning('tls-unverified', insecure.span, 'the certificate is not verified', 'remove insecure and set ca')]
      : []),
  ];
}

/** TLS options are looked up by the host of the mirror, not by the registry that it mirrors. */
function misplacedTls(name: string, table: TreeNode, hosts: readonly string[], tree: TreeNode): Diagnostic[] {
  if (table.type !== 'map' || hosts.length === 0) return [];
  const known = entriesAt(tree, 'registry').map(([other]) => other);
  const [host] = hosts.filter((one) => !known.includes(one));
  if (host === undefined) return [];
  return [...table.entries]
    .filter(([option]) => ['ca', 'http', 'insecure', 'keypair', 'tlsconfigdir'].includes(option))
    .map(([option, { key }]) =>
      error(
        'misplaced-tls',
        key,
        `${option} applies to ${name} itself, not to the mirror`,
        `move it to [registry."${host}"]`,
      ),
    );
}

/** A table with TLS options for a host that differs slightly from Harbor's. */
function otherName(name: string, key: Span, table: TreeNode, { harborUrl, upstreams }: Facts): Diagnostic[] {
  if (harborUrl === undefined) return [];
  const { host, hostname } = new URL(harborUrl);
  const isOther = name !== host && (name.split(':')[0] === hostname || suggest(name, [host]) === host);
  if (!isOther || upstreams?.some(({ registry }) => registry === name) || childOf(table, 'mirrors')) return [];
  return [
    error(
      'never-matched',
      key,
      `the host of Harbor is ${host}: the options of ${name} are not used`,
      `write [registry."${host}"]`,
    ),
  ];
}

/** Says nothing while a table is split by its dots: that table may be the missing one. */
function missing(names: readonly string[], split: number, { path }: FoundFile, { upstreams }: Facts): Diagnostic[] {
  if (split > 0) return [];
  return (upstreams ?? [])
    .filter(({ registry }) => !names.includes(registry))
    .map(({ registry, project }) =>
      error(
        'registry-missing',
        startOfFile(path),
        `${registry} has no table: its images do not come from ${project}`,
        'breakwater clients render writes the file',
      ),
    );
}
