import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Facts, FoundFile } from '../client';
import {
  checkRegistryName,
  expectedEndpoint,
  isPublicEndpoint,
  judgeEndpoint,
  type Endpoint,
  type EndpointForm,
} from './endpoint';
import { error, warning } from './trees';
import { isTrue, itemsAt, textAt, type TextNode } from './values';

/** The library reads all files before each pull, so one mistake stops pulls from every registry. */
export const REFUSED = 'every pull fails until this is fixed';
const NEVER = 'the entry matches nothing';

/** `HOST/PROJECT` without a scheme; the library adds `/v2` itself. */
export const FORM: EndpointForm = { before: '/', scheme: 'refused', refusal: REFUSED };

/** One `[[registry]]`. */
export interface Entry {
  readonly file: FoundFile;
  readonly tree: TreeNode;
  readonly prefix: TextNode | undefined;
  readonly location: TextNode | undefined;
  readonly mirrors: readonly TreeNode[];
  /** What it matches: the prefix, or the location if there is none. */
  readonly matches: string;
}

/** An empty prefix or location counts as absent, as in the library. */
export function entryOf(tree: TreeNode, file: FoundFile): Entry {
  const prefix = textAt(tree, 'prefix');
  const location = textAt(tree, 'location');
  const matches = (prefix?.value || location?.value || '').replace(/\/+$/, '');
  return { file, tree, prefix, location, mirrors: itemsAt(tree, 'mirror'), matches };
}

/** The registry of a prefix: docker.io of docker.io/library. */
export function registryOf({ matches }: Entry): string {
  return matches.replace(/\/.*$/, '');
}

/** Findings about one entry alone. What two entries do to each other is in registries-conf.ts. */
export function checkEntry(entry: Entry, facts: Facts): Diagnostic[] {
  return [
    ...checkPrefix(entry, facts),
    ...checkLocation(entry, facts),
    ...entry.mirrors.flatMap((mirror) => checkMirror(mirror, entry, facts)),
    ...digestOnly(entry),
    ...blocked(entry, facts),
    ...[entry.tree, ...entry.mirrors]
      .filter((one) => isTrue(childOf(one, 'insecure')))
      .flatMap((one) => unverified(one, entry, facts)),
  ];
}

function checkPrefix({ prefix, location, tree, mirrors }: Entry, facts: Facts): Diagnostic[] {
  if (!prefix && !location)
    return [error('no-location', tree.span, `neither prefix nor location: ${REFUSED}`, 'add prefix and location')];
  if (!prefix) return [];
  const { value, span } = prefix;
  if (/^[a-z]+:\/\//.test(value))
    return [error('scheme', span, `a prefix with a scheme: ${REFUSED}`, `write ${value.replace(/^[a-z]+:\/+/, '')}`)];
  if (value.includes('*')) return wildcard(prefix, location, mirrors, facts);
  if (!location || location.value === '')
    return [error('no-location', span, `no location: ${REFUSED}`, `add: location = "${value}"`)];
  return [...checkRegistryName(value.split('/')[0] ?? '', span, NEVER), ...shortName(prefix)];
}

/** Official images get `library/` before anything is matched. */
function shortName({ value, span }: TextNode): Diagnostic[] {
  const [, name = ''] = /^docker\.io\/([^/:@]+)$/.exec(value.replace(/\/+$/, '')) ?? [];
  if (!OFFICIAL.has(name)) return [];
  return [
    error(
      'never-matched',
      span,
      `the official image ${name} is docker.io/library/${name}: ${NEVER}`,
      `write docker.io/library/${name}`,
    ),
  ];
}

/** Names that are usually images, rarely someone's namespace. */
const OFFICIAL: ReadonlySet<string> = new Set([
  ...[
    'alpine',
    'busybox',
    'debian',
    'ubuntu',
    'fedora',
    'nginx',
    'httpd',
    'redis',
    'postgres',
    'mysql',
    'mariadb',
    'mongo',
    'node',
  ],
  ...[
    'python',
    'golang',
    'php',
    'ruby',
    'rust',
    'openjdk',
    'eclipse-temurin',
    'docker',
    'registry',
    'memcached',
    'rabbitmq',
    'traefik',
  ],
]);

/** Only `*.example.com` is a wildcard. A match loses the name of its registry on the way to a mirror. */
function wildcard(
  { value, span }: TextNode,
  location: TextNode | undefined,
  mirrors: readonly TreeNode[],
  facts: Facts,
): Diagnostic[] {
  if (!/^\*\.[^*/]+$/.test(value))
    return [
      error(
        'wildcard',
        span,
        `"${value}" is not a valid wildcard: ${/^\*\..*\//.test(value) ? REFUSED : NEVER}`,
        'write one entry for each registry (only *.example.com is a wildcard)',
      ),
    ];
  const isSent = mirrors.length > 0 || (location !== undefined && location.value !== '');
  const matched = (facts.upstreams ?? []).filter(({ registry }) => registry.endsWith(value.slice(1)));
  if (!isSent && matched.length === 0) return [];
  return [
    error(
      'wildcard',
      span,
      "the registry's name is dropped: images of different registries collide in one project",
      'write one entry for each registry',
    ),
  ];
}

function checkLocation(entry: Entry, facts: Facts): Diagnostic[] {
  const { location } = entry;
  if (!location || location.value === '') return [];
  const registry = registryOf(entry);
  if (isPublicEndpoint(location.value, registry)) return publicLocation(location, registry);
  if (entry.prefix?.value.includes('*')) return [];
  // An entry for another registry does not concern the cache.
  const isDeclared = facts.upstreams?.some((upstream) => upstream.registry === registry) ?? entry.prefix !== undefined;
  if (!isDeclared || location.value === entry.matches) return schemeOnly(location);
  return [...judgeEndpoint(endpointOf(location, entry), FORM, facts).diagnostics];
}

function schemeOnly(location: TextNode): Diagnostic[] {
  if (!/^https?:\/\//.test(location.value)) return [];
  return [
    error(
      'scheme',
      location.span,
      `"${location.value}" has a scheme: ${REFUSED}`,
      `write ${location.value.replace(/^https?:\/+/, '')}`,
    ),
  ];
}

function publicLocation(location: TextNode, registry: string): Diagnostic[] {
  if (/^https?:\/\//.test(location.value)) return schemeOnly(location);
  if (registry !== 'docker.io' || !/^(hub|www)\./.test(location.value)) return [];
  return [
    error(
      'wrong-server',
      location.span,
      'this host of Docker Hub is not its registry: the fallback fails',
      'write: location = "docker.io"',
    ),
  ];
}

function checkMirror(mirror: TreeNode, entry: Entry, facts: Facts): Diagnostic[] {
  const location = textAt(mirror, 'location');
  if (!location || location.value === '')
    return [
      error('no-location', (childOf(mirror, 'location') ?? mirror).span, `a mirror without a location: ${REFUSED}`),
    ];
  const registry = registryOf(entry);
  const usage = textAt(mirror, 'pull-from-mirror');
  const expected = expectedEndpoint(FORM, registry, facts);
  return [
    ...(isPublicEndpoint(location.value, registry)
      ? [
          error(
            'not-the-cache',
            location.span,
            `${location.value} is ${registry} itself`,
            expected && `write ${expected}`,
          ),
        ]
      : entry.prefix?.value.includes('*')
        ? []
        : judgeEndpoint(endpointOf(location, entry), FORM, facts).diagnostics),
    ...(usage ? checkUsage(usage, entry) : []),
  ];
}

function checkUsage({ value, span }: TextNode, { tree }: Entry): Diagnostic[] {
  if (!['all', 'digest-only', 'tag-only', ''].includes(value))
    return [
      error(
        'wrong-value',
        span,
        `"${value}" is not a value of pull-from-mirror: ${REFUSED}`,
        'write: pull-from-mirror = "all"',
      ),
    ];
  if (value !== '' && isTrue(childOf(tree, 'mirror-by-digest-only')))
    return [
      error('digest-only', span, `pull-from-mirror together with mirror-by-digest-only: ${REFUSED}`, 'remove both'),
    ];
  if (value === 'digest-only')
    return [error('digest-only', span, 'tags are pulled from the public registry', 'write: pull-from-mirror = "all"')];
  return value === 'tag-only'
    ? [error('digest-only', span, 'digests are pulled from the public registry', 'write: pull-from-mirror = "all"')]
    : [];
}

function digestOnly({ tree, mirrors }: Entry): Diagnostic[] {
  const node = childOf(tree, 'mirror-by-digest-only');
  if (!node || !isTrue(node) || mirrors.length === 0) return [];
  return [
    error(
      'digest-only',
      node.span,
      'tags are pulled from the public registry: mirrors are used only for digests',
      'remove mirror-by-digest-only',
    ),
  ];
}

/** `blocked` refuses the location but keeps the mirrors: the second way to be strict. */
function blocked(entry: Entry, facts: Facts): Diagnostic[] {
  const node = childOf(entry.tree, 'blocked');
  const registry = registryOf(entry);
  if (!node || !isTrue(node) || entry.mirrors.length > 0) return [];
  if (!facts.upstreams?.some((upstream) => upstream.registry === registry)) return [];
  return [
    error(
      'blocked',
      node.span,
      `${registry} is blocked and has no mirror: every pull is refused`,
      'remove blocked, or add [[registry.mirror]]',
    ),
  ];
}

function unverified(one: TreeNode, entry: Entry, facts: Facts): Diagnostic[] {
  const location = textAt(one, 'location') ?? entry.location;
  if (facts.harborUrl?.startsWith('http:') || !location || isPublicEndpoint(location.value, registryOf(entry)))
    return [];
  const node = childOf(one, 'insecure');
  return node
    ? [
        warning(
          'tls-unverified',
          node.span,
          'the certificate is not verified, and plain HTTP is allowed',
          'remove insecure, and put the CA into /etc/containers/certs.d',
        ),
      ]
    : [];
}

function endpointOf(node: TextNode, entry: Entry): Endpoint {
  const [registry = '', ...below] = entry.matches.split('/');
  const all = [...entry.mirrors.map((mirror) => textAt(mirror, 'location')), entry.location];
  const others = all.flatMap((one) => (one && one !== node ? [one.value] : []));
  return { node, registry, others, below: below.join('/'), mayBeElsewhere: below.length > 0 };
}

/** Whether an image that no mirror serves is pulled from the public registry. */
export function leadsToPublic(entry: Entry): boolean {
  return entry.location === undefined || isPublicEndpoint(entry.location.value, registryOf(entry));
}

/** Whether pulls through this entry go to the cache: a mirror or the location itself. */
export function isCached(entry: Entry, facts: Facts): boolean {
  const nodes = [...entry.mirrors.map((mirror) => textAt(mirror, 'location')), entry.location];
  return nodes.some((node) => {
    if (!node || isPublicEndpoint(node.value, registryOf(entry)) || node.value === entry.matches) return false;
    return judgeEndpoint({ node }, FORM, facts).isCache;
  });
}
