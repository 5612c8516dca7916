import { childOf, type MapNode, type ScalarNode, type TreeNode } from '../../declaration/yaml/tree';

/** A scalar that is text. */
export interface TextNode extends ScalarNode {
  readonly value: string;
}

/** `false` also for numbers and booleans: an unquoted `1` is not text for a client that expects a string. */
export function isText(node: TreeNode | undefined): node is TextNode {
  return node?.type === 'scalar' && typeof node.value === 'string';
}

/** `undefined` if it is absent or of another type. The type is reported once, by `checkShape`. */
export function textAt(node: TreeNode | undefined, key: string): TextNode | undefined {
  const child = childOf(node, key);
  return isText(child) ? child : undefined;
}

/** Only a boolean: `"true"` in quotes is refused or ignored by these clients. */
export function isTrue(node: TreeNode | undefined): boolean {
  return node?.type === 'scalar' && node.value === true;
}

/** Texts of a list, or the one text. */
export function textsAt(node: TreeNode | undefined, key: string): TextNode[] {
  const child = childOf(node, key);
  if (isText(child)) return [child];
  return child?.type === 'list' ? child.items.filter(isText) : [];
}

/** Empty if it is absent or not a list. */
export function itemsAt(node: TreeNode | undefined, key: string): readonly TreeNode[] {
  const child = childOf(node, key);
  return child?.type === 'list' ? child.items : [];
}

/**
 * Empty if it is absent or not a map; in the order of the file, which is the order in which clients try hosts.
 */
export function entriesAt(
  node: TreeNode | undefined,
  key: string,
): [string, MapNode['entries'] extends ReadonlyMap<string, infer One> ? One : never][] {
  const child = childOf(node, key);
  return child?.type === 'map' ? [...child.entries] : [];
}
