import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/tree';
import type { Facts, FoundFile } from '../client';
import { checkRegistryName, expectedEndpoint, isPublicEndpoint, judgeEndpoint, type EndpointForm } from './endpoint';
import { checkCertificateDirectory } from './pem';
import { checkShape, type Shape } from './shape';
import { error, readToml, startOfFile, warning } from './trees';
import { isTrue, itemsAt, textAt, textsAt, type TextNode } from './values';

const REFUSED = 'every pull fails until it is right';
const NEVER = 'the entry matches nothing';
const HABITS = { unknownKey: 'it is ignored without a word', wrongType: REFUSED };

const shape: Shape = {
  keys: {
    'unqualified-search-registries': { listOf: 'text' },
    'short-name-mode': 'text',
    'credential-helpers': { listOf: 'text' },
    'additional-layer-store-auth-helper': 'text',
    aliases: { mapOf: 'text' },
    registry: {
      listOf: {
        keys: {
          prefix: 'text',
          location: 'text',
          insecure: 'boolean',
          blocked: 'boolean',
          'mirror-by-digest-only': 'boolean',
          mirror: { listOf: { keys: { location: 'text', insecure: 'boolean', 'pull-from-mirror': 'text' } } },
        },
      },
    },
    // Version 1 of the format, which is found below.
    registries: 'any',
  },
};

const FORM: EndpointForm = { before: '/', scheme: 'refused', refusal: REFUSED };

/** One `[[registry]]`. */
interface Entry {
  readonly file: FoundFile;
  readonly tree: TreeNode;
  readonly prefix: TextNode | undefined;
  readonly location: TextNode | undefined;
  readonly mirrors: readonly TreeNode[];
  /** What it is for: the prefix, or the location where there is none. */
  readonly matches: string;
}

/** By the rules of containers/image, for podman, buildah, skopeo and CRI-O: all files together, in their order. */
export function checkRegistriesConf(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  const configs = files.filter(({ path }) => /(^|\/)registries\.conf$|\/registries\.conf\.d\/[^/]+$/.test(path));
  const ignored = configs.filter(({ path }) => !path.endsWith('.conf'));
  const read = inReadingOrder(configs.filter(({ path }) => path.endsWith('.conf'))).map((file) => ({
    file,
    ...readToml(file, REFUSED),
  }));
  const entries = read.flatMap(({ file, trees }) =>
    trees.flatMap((tree) => itemsAt(tree, 'registry').map((one) => entryOf(one, file))),
  );
  const harbor = facts.harborUrl === undefined ? [] : [new URL(facts.harborUrl).host];
  return [
    ...ignored.map(({ path }) =>
      error('ignored-file', startOfFile(path), 'only files that end in .conf are read', `mv ${path} ${path}.conf`),
    ),
    ...read.flatMap(({ file, trees, diagnostics }) => [
      ...diagnostics,
      ...trees.flatMap((tree) => checkFile(tree, file)),
    ]),
    ...entries.flatMap((entry) => checkEntry(entry, facts)),
    ...shadowed(entries, facts),
    ...checkExpected(entries, read.length > 0 && read.every(({ trees }) => trees.length > 0), configs, facts),
    ...checkCertificateDirectory(files, '/etc/containers/certs.d', harbor),
  ];
}

/** registries.conf first, then the drop-ins by name: an entry of a later file takes the place of an earlier one. */
function inReadingOrder(files: readonly FoundFile[]): FoundFile[] {
  const isDropIn = ({ path }: FoundFile): number => (path.includes('/registries.conf.d/') ? 1 : 0);
  const name = ({ path }: FoundFile): string => path.replace(/^.*\//, '');
  return [...files].sort((a, b) => isDropIn(a) - isDropIn(b) || (name(a) < name(b) ? -1 : 1));
}

function checkFile(tree: TreeNode, file: FoundFile): Diagnostic[] {
  const old = tree.type === 'map' ? tree.entries.get('registries') : undefined;
  const isDropIn = file.path.includes('/registries.conf.d/');
  const isMixed = old !== undefined && childOf(tree, 'registry') !== undefined;
  return [
    ...checkShape(tree, shape, HABITS),
    ...(old && (isDropIn || isMixed)
      ? [
          error(
            'old-format',
            old.key,
            `[registries.…] is version 1 of the format, which ${isMixed ? 'may not stand beside [[registry]]' : 'a drop-in may not use'}: ${REFUSED}`,
            'write [[registry]] tables',
          ),
        ]
      : []),
    ...textsAt(tree, 'unqualified-search-registries')
      .filter(({ value }) => /\/|^[a-z]+:/.test(value.replace(/:\d+$/, '')))
      .map(({ span, value }) =>
        error('bad-url', span, `"${value}" is not host or host:port: ${REFUSED}`, 'write docker.io'),
      ),
    ...modes(tree),
  ];
}

function modes(tree: TreeNode): Diagnostic[] {
  const mode = textAt(tree, 'short-name-mode');
  if (!mode || ['enforcing', 'permissive', 'disabled', ''].includes(mode.value)) return [];
  return [
    error(
      'wrong-value',
      mode.span,
      `"${mode.value}" is not a mode: ${REFUSED}`,
      'write enforcing, permissive or disabled',
    ),
  ];
}

function entryOf(tree: TreeNode, file: FoundFile): Entry {
  const prefix = textAt(tree, 'prefix');
  const location = textAt(tree, 'location');
  const matches = (prefix?.value || location?.value || '').replace(/\/+$/, '');
  return { file, tree, prefix, location, mirrors: itemsAt(tree, 'mirror'), matches };
}

/** The registry of a prefix: docker.io of docker.io/library. */
function registryOf({ matches }: Entry): string {
  return matches.replace(/\/.*$/, '');
}

function checkEntry(entry: Entry, facts: Facts): Diagnostic[] {
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

/** Official images are below `library/` before anything is matched. */
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

/** Names that are images far more often than somebody's namespace. */
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

/** `*.example.com` alone is a wildcard. What it matches loses the name of its registry on the way to a mirror. */
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
        `"${value}" is not a wildcard that is understood: ${REFUSED}`,
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
      'the name of the registry is dropped on the way: images of different registries collide in one project',
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
  // An entry for some other registry is not about the cache.
  const isDeclared = facts.upstreams?.some((upstream) => upstream.registry === registry) ?? entry.prefix !== undefined;
  if (!isDeclared || location.value === entry.matches) return schemeOnly(location);
  return [...judgeEndpoint({ node: location, registry }, FORM, facts).diagnostics];
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
        : judgeEndpoint({ node: location, registry }, FORM, facts).diagnostics),
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
    return [error('digest-only', span, `pull-from-mirror beside mirror-by-digest-only: ${REFUSED}`, 'remove both')];
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
      'tags are pulled from the public registry: mirrors serve digests alone',
      'remove mirror-by-digest-only',
    ),
  ];
}

/** `blocked` refuses the location, and leaves the mirrors: the second way to be strict. */
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
          'remove insecure, and put the authority into /etc/containers/certs.d',
        ),
      ]
    : [];
}

/** Whether pulls through this entry are sent to the cache; a mirror or the location itself. */
function isCached(entry: Entry, facts: Facts): boolean {
  const nodes = [...entry.mirrors.map((mirror) => textAt(mirror, 'location')), entry.location];
  return nodes.some((node) => {
    if (!node || isPublicEndpoint(node.value, registryOf(entry)) || node.value === entry.matches) return false;
    return judgeEndpoint({ node }, FORM, facts).isCache;
  });
}

function shadowed(entries: readonly Entry[], facts: Facts): Diagnostic[] {
  return entries.flatMap((entry, i) => {
    const at = (entry.prefix ?? entry.location)?.span ?? entry.tree.span;
    const later = entries.slice(i + 1).find(({ matches }) => matches === entry.matches);
    const found: Diagnostic[] = [];
    if (later && entry.matches !== '')
      found.push(
        later.file.path === entry.file.path
          ? error(
              'shadowed',
              at,
              `${entry.matches} has two entries in this file: only one of them counts`,
              'keep one of them',
            )
          : error(
              'shadowed',
              at,
              `${later.file.path} has an entry for ${entry.matches}, too, and is read later: this one has no effect`,
              'keep one of them',
            ),
      );
    const declared = facts.upstreams?.find(({ registry }) => entry.matches.startsWith(`${registry}/`));
    if (declared && !isCached(entry, facts) && !isTrue(childOf(entry.tree, 'blocked')))
      found.push(
        error(
          'shadowed',
          at,
          `${entry.matches} is longer than ${declared.registry} and wins: these images do not come from the cache`,
          'remove it, or give it the cache as a mirror',
        ),
      );
    return found;
  });
}

function checkExpected(
  entries: readonly Entry[],
  isWhole: boolean,
  configs: readonly FoundFile[],
  facts: Facts,
): Diagnostic[] {
  // What could not be read may have the entry.
  if (!facts.upstreams || !isWhole) return [];
  const last = configs.at(-1)?.path ?? '';
  return facts.upstreams.flatMap(({ registry, project }) => {
    const counted = entries.filter(({ matches }) => matches === registry).at(-1);
    if (!counted)
      return [
        error(
          'registry-missing',
          startOfFile(last),
          `${registry} has no entry: its images do not come from ${project}`,
          'breakwater clients render writes the file',
        ),
      ];
    const at = (counted.prefix ?? counted.location)?.span ?? counted.tree.span;
    if (!isCached(counted, facts))
      return [
        error(
          'not-the-cache',
          at,
          `neither the location nor a mirror of ${registry} is the cache`,
          `add [[registry.mirror]] with location = "${expectedEndpoint(FORM, registry, facts) ?? project}"`,
        ),
      ];
    const isStrict =
      isTrue(childOf(counted.tree, 'blocked')) ||
      (counted.location !== undefined && !isPublicEndpoint(counted.location.value, registry));
    return facts.profile === 'strict' && !isStrict
      ? [
          error(
            'not-strict',
            at,
            `the profile is strict, and ${registry} itself is asked where the cache does not serve`,
            `write: location = "${expectedEndpoint(FORM, registry, facts) ?? project}", without a mirror`,
          ),
        ]
      : [];
  });
}
