import type { Site, Steps } from './placement-path';
import { isNull, overlay } from './merge';
import { childOf, type Entry, type TreeNode } from './tree';

/** Merges `defaults.<key>` below every value at the placement that uses it. */
export function applyDefaults(root: TreeNode, sites: readonly Site[]): TreeNode {
  const defaults = childOf(root, 'defaults');
  let result = root;
  for (const { placement, steps } of sites) {
    const below = placement.defaultsKey === undefined ? undefined : childOf(defaults, placement.defaultsKey);
    if (steps.at(-1) === '*') result = mapAt(result, steps, emptyForNothing);
    if (below?.type === 'map')
      result = mapAt(result, steps, (value) => (value.type === 'map' ? overlay(below, value) : value));
  }
  return result;
}

/** `name:` without a value declares an object with only default values. */
function emptyForNothing(value: TreeNode): TreeNode {
  return isNull(value) ? { type: 'map', span: value.span, entries: new Map() } : value;
}

function mapAt(node: TreeNode, [step, ...rest]: Steps, change: (value: TreeNode) => TreeNode): TreeNode {
  if (step === undefined) return change(node);
  if (step === '[]') {
    return node.type === 'list' ? { ...node, items: node.items.map((item) => mapAt(item, rest, change)) } : node;
  }
  if (node.type !== 'map') return node;
  const changed = ([key, entry]: [string, Entry]): [string, Entry] =>
    step === '*' || step === key ? [key, { ...entry, value: mapAt(entry.value, rest, change) }] : [key, entry];
  return { ...node, entries: new Map([...node.entries].map(changed)) };
}
