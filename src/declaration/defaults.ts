import type { Site, Steps } from './placement-path';
import { overlay } from './merge';
import { childOf, type Entry, type TreeNode } from './tree';

/** Puts `defaults.<key>` below every value at the placement that asks for it. */
export function applyDefaults(root: TreeNode, sites: readonly Site[]): TreeNode {
  const defaults = childOf(root, 'defaults');
  let result = root;
  for (const { placement, steps } of sites) {
    const below = placement.defaultsKey === undefined ? undefined : childOf(defaults, placement.defaultsKey);
    if (below) result = mapAt(result, steps, (value) => withDefaults(below, value));
  }
  return result;
}

/** The value keeps its own place: a finding about the whole object belongs there, not to the defaults. */
function withDefaults(below: TreeNode, value: TreeNode): TreeNode {
  // `name:` with nothing after it means "the defaults are all there is to say".
  if (value.type === 'scalar' && value.value === null)
    return below.type === 'map' ? { ...below, span: value.span } : value;
  return value.type === 'map' && below.type === 'map' ? overlay(below, value) : value;
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
