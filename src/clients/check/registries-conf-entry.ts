import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Facts, FoundFile } from '../client';
import { expectedEndpoint, isPublicEndpoint, judgeEndpoint, type Endpoint, type EndpointForm } from './endpoint';
import { checkPrefix, REFUSED, type Entry } from './registries-conf-prefix';
import { error, warning } from './trees';
import { isTrue, itemsAt, textAt, type TextNode } from './values';

/** `HOST/PROJECT` without a scheme; the library adds `/v2` itself. */
export const FORM: EndpointForm = { before: '/', scheme: 'refused', refusal: REFUSED };

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

/**
 * A location replaces the prefix when the image is requested:
 *
 *      prefix = "docker.io", location = "harbor.example.com/proxy.docker.io"
 *      docker.io/library/nginx ──► harbor.example.com/proxy.docker.io/library/nginx
 *
 * That is the strict way: there is nothing after it. A location that is the registry itself is the fallback.
 */
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

/** The rest of a location for another registry is not judged. */
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

/**
 *      pull-from-mirror    tags from the mirror    digests from the mirror
 *      all, or absent      yes                     yes
 *      digest-only         no                      yes
 *      tag-only            yes                     no
 * Kubernetes resolves a tag once and then pulls by digest, so each of the two halves is a way past the cache.
 */
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

/**
 * The older form of `pull-from-mirror = "digest-only"`, for all mirrors of the entry. Without a mirror it has no
 * effect.
 */
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

/** A prefix below the registry may lead elsewhere: a part of a registry that is stored in another place is a decision. */
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
