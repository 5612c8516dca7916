import type { Diagnostic } from '../../diagnostic';
import type { TreeNode } from '../../declaration/yaml/tree';
import type { Facts, FoundFile } from '../client';
import { checkRegistryName } from './endpoint';
import { error } from './trees';
import type { TextNode } from './values';

/** The library reads all files before each pull, so one mistake stops pulls from every registry. */
export const REFUSED = 'every pull fails until this is fixed';
const NEVER = 'the entry matches nothing';

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

/**
 *      prefix                location              result
 *      "docker.io"           "docker.io"           images of docker.io, from there or from a mirror
 *      absent                "docker.io"           the location is the prefix, too
 *      "docker.io"           absent                refused: only a wildcard may have no location
 *      absent                absent                refused
 *      "https://docker.io"   any                   refused: names of images have no scheme
 *      "docker.io/nginx"     any                   matches nothing: the image is docker.io/library/nginx
 *      "*.example.com"       absent                every host below example.com
 */
export function checkPrefix({ prefix, location, tree, mirrors }: Entry, facts: Facts): Diagnostic[] {
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
