import type { Json } from '../../json';
import type { Span } from './source-text';

/**
 * The written values, with the position of every key and value. Immutable, so that merging can share subtrees: after a
 * merge each node still knows its file.
 */
export type TreeNode = MapNode | ListNode | ScalarNode;

/** Keys are unique, in the order of the file. */
export interface MapNode {
  readonly type: 'map';
  readonly span: Span;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** The key has a place of its own: findings about a missing or unknown key point to it. */
export interface Entry {
  readonly key: Span;
  readonly value: TreeNode;
}

/** Its items have no keys: a path into it has their numbers, counted from 0. */
export interface ListNode {
  readonly type: 'list';
  readonly span: Span;
  readonly items: readonly TreeNode[];
}

/** In the core schema of YAML 1.2: `no` is a text, `0o17` a number. */
export interface ScalarNode {
  readonly type: 'scalar';
  readonly span: Span;
  readonly value: null | boolean | number | string;
}

/** Numbers are indexes of lists. */
export type Path = readonly (string | number)[];

/** Prototype-free objects: no written key can be mistaken for an inherited one. */
export function valueOf(node: TreeNode, without?: ReadonlySet<string>): Json {
  switch (node.type) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map((item) => valueOf(item));
    case 'map': {
      const object = Object.create(null) as Record<string, Json>;
      for (const [key, entry] of node.entries) if (!without?.has(key)) object[key] = valueOf(entry.value);
      return object;
    }
  }
}

/** Undefined if it is not a map. */
export function childOf(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return node?.type === 'map' ? node.entries.get(key)?.value : undefined;
}

/** Shared subtrees count once per use, as in the result of `valueOf`. Visits at most `limit` nodes. */
export function hasMoreNodesThan(root: TreeNode, limit: number): boolean {
  const waiting: TreeNode[] = [root];
  let count = 0;
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    count += 1;
    if (count + waiting.length > limit) return true;
    if (node.type === 'list') for (const item of node.items) waiting.push(item);
    if (node.type === 'map') for (const { value } of node.entries.values()) waiting.push(value);
  }
  return false;
}

/** What `locate` found. */
export interface Located {
  /** Absent at the root and for an item of a list. */
  readonly key?: Span;
  readonly node: TreeNode;
}

/** The node at `path`, or the deepest one on the way to it. */
export function locate(root: TreeNode, path: Path): Located {
  let found: Located = { node: root };
  for (const step of path) {
    const next = stepInto(found.node, step);
    if (!next) break;
    found = next;
  }
  return found;
}

/**
 * Like `locate`, for a dotted path in which a key may contain dots (`projects.proxy.docker.io.registry`): the longest
 * existing key wins. `[0]` and `.0` both mean an item of a list.
 */
export function locateDotted(root: TreeNode, dotted: string): Located {
  const words = dotted.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  let found: Located = { node: root };
  for (let at = 0; at < words.length;) {
    const hit = longestStep(found.node, words, at);
    if (!hit) break;
    found = hit.located;
    at = hit.next;
  }
  return found;
}

function longestStep(
  node: TreeNode,
  words: readonly string[],
  at: number,
): { located: Located; next: number } | undefined {
  for (let next = words.length; next > at; next -= 1) {
    const located = stepInto(node, words.slice(at, next).join('.'));
    if (located) return { located, next };
  }
  return undefined;
}

function stepInto(node: TreeNode, step: string | number): Located | undefined {
  if (node.type === 'list') {
    const item = node.items[Number(step)];
    return item && { node: item };
  }
  const entry = node.type === 'map' ? node.entries.get(String(step)) : undefined;
  return entry && { key: entry.key, node: entry.value };
}

/** `projects.proxy.docker.io.members[0]`, as people write it. */
export function dottedPath(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
