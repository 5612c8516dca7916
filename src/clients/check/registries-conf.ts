import { compareText } from '../../compare-text';
import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Facts, FoundFile } from '../client';
import { askedBefore, expectedEndpoint, isPublicEndpoint } from './endpoint';
import { checkDockerConfig, missingHelper } from './login';
import { checkCertificateDirectory } from './pem';
import { checkEntry, entryOf, FORM, isCached, leadsToPublic } from './registries-conf-entry';
import { REFUSED, type Entry } from './registries-conf-prefix';
import { checkShape, type Shape } from './shape';
import { error, readToml, startOfFile } from './trees';
import { entriesAt, isText, isTrue, itemsAt, textAt, textsAt, type TextNode } from './values';

const CERTS_D = '/etc/containers/certs.d';
const HABITS = { unknownKey: 'it is silently ignored', wrongType: REFUSED };

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
    // Version 1 of the format, which has its own finding below.
    registries: 'any',
  },
};

/**
 * By the rules of containers/image, for podman, buildah, skopeo and CRI-O: all files together, in their order.
 *
 *      /etc/containers/registries.conf                      first
 *      /etc/containers/registries.conf.d/50-x.conf          then by name; other suffixes are not read
 *
 *      [[registry]]
 *      prefix = "docker.io"                                 which names; the longest prefix wins
 *      location = "docker.io"                               what replaces the prefix, if no mirror serves the image
 *        [[registry.mirror]]
 *        location = "harbor.example.com/proxy.docker.io"    requested first, in the order of the file
 *
 * One file that cannot be parsed stops every pull, so its findings are errors even if its entries are about others.
 */
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
    ...read.flatMap(({ trees }) =>
      trees.flatMap((tree) => textsAt(tree, 'credential-helpers').flatMap((node) => missingHelper(node, facts))),
    ),
    ...entries.flatMap((entry) => [...checkEntry(entry, facts), ...mirrorsBefore(entry, facts)]),
    ...shadowed(entries, facts),
    ...checkExpected(entries, read.length > 0 && read.every(({ trees }) => trees.length > 0), configs, facts),
    ...checkCertificateDirectory(files, CERTS_D, harbor),
    ...withoutAuthority(entries, files, harbor),
    ...files.filter(({ path }) => /(^|[/-])auth\.json$/.test(path)).flatMap((file) => checkDockerConfig(file, facts)),
  ];
}

/** Another host before the cache gets every request first, and the login if it has one. */
function mirrorsBefore({ mirrors, matches }: Entry, facts: Facts): Diagnostic[] {
  const nodes = mirrors.flatMap((mirror) => textAt(mirror, 'location') ?? []);
  const others = nodes.filter(({ value }) => !isPublicEndpoint(value, matches));
  return askedBefore(others, matches, facts);
}

/** `harbor.example.com:443` is the same host, but its CA is searched in another directory. */
function withoutAuthority(
  entries: readonly Entry[],
  files: readonly FoundFile[],
  [harbor]: readonly string[],
): Diagnostic[] {
  const trusted = (host: string): boolean => files.some(({ path }) => path.startsWith(`${CERTS_D}/${host}/`));
  if (harbor === undefined || !trusted(harbor)) return [];
  const nodes = entries.flatMap(({ location, mirrors }) => [
    ...(location ? [location] : []),
    ...mirrors.flatMap((mirror) => textAt(mirror, 'location') ?? []),
  ]);
  return nodes
    .map((node) => ({ node, host: node.value.replace(/\/.*$/, '') }))
    .filter(({ host }) => host === `${harbor}:443` && !trusted(host))
    .map(({ node, host }) =>
      error('ca-elsewhere', node.span, `${host} looks for its authority in ${CERTS_D}/${host}`, `write ${harbor}`),
    );
}

/** registries.conf first, then the drop-ins by name: an entry of a later file replaces an earlier one. */
function inReadingOrder(files: readonly FoundFile[]): FoundFile[] {
  const isDropIn = ({ path }: FoundFile): number => (path.includes('/registries.conf.d/') ? 1 : 0);
  const name = ({ path }: FoundFile): string => path.replace(/^.*\//, '');
  return [...files].sort((a, b) => isDropIn(a) - isDropIn(b) || compareText(name(a), name(b)));
}

/** Version 1 of the format is reported only in a drop-in, and next to version 2. */
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
            `[registries.…] is version 1 of the format, which ${isMixed ? 'cannot be combined with [[registry]]' : 'a drop-in cannot use'}: ${REFUSED}`,
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
    ...entriesAt(tree, 'aliases').flatMap(([, { value }]) => (isText(value) ? badAlias(value) : [])),
  ];
}

/** A full name without a tag, which replaces the short one. */
function badAlias({ value, span }: TextNode): Diagnostic[] {
  if (/^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+$/i.test(value) || value === '') return [];
  const message = `"${value}" is not a name with its registry and without a tag: ${REFUSED}`;
  return [error('bad-url', span, message, 'write docker.io/library/NAME')];
}

/** An empty text counts as not set. */
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

/**
 *     two entries, same prefix, one file      only one of them is used
 *     two entries, same prefix, two files     the later file wins
 *     docker.io/x next to docker.io           the longer prefix wins: an error only if it leads to the public registry
 */
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
              `${entry.matches} has two entries in this file: only one of them is used`,
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
    // A separate registry for a part of it is a decision, not a mistake.
    if (declared && leadsToPublic(entry) && !isCached(entry, facts) && !isTrue(childOf(entry.tree, 'blocked')))
      found.push(
        error(
          'shadowed',
          at,
          `${entry.matches} is more specific than ${declared.registry} and takes precedence: these images do not come from the cache`,
          'remove it, or add the cache as its mirror',
        ),
      );
    return found;
  });
}

/**
 * The last entry of a registry is the one that counts. Nothing is reported as missing while a file cannot be
 * read.
 */
function checkExpected(
  entries: readonly Entry[],
  isWhole: boolean,
  configs: readonly FoundFile[],
  facts: Facts,
): Diagnostic[] {
  // The unreadable file may contain the entry.
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
            `the profile is strict, but ${registry} itself is used if the cache fails`,
            `write: location = "${expectedEndpoint(FORM, registry, facts) ?? project}", without a mirror`,
          ),
        ]
      : [];
  });
}
