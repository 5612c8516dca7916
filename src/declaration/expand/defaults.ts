import type { Site, Steps } from '../sections/placement-path';
import { isNull, overlay } from './merge';
import { childOf, type Entry, type TreeNode } from '../yaml/tree';

/**
 * Merges `defaults.<key>` below every value at the placement that uses it; values of the object win, maps are merged, and
 * lists are replaced as in an overlay.
 *
 *      defaults: { project: { public: true, severity: high } }
 *      projects: { a: { severity: low }, b: }                      becomes
 *      projects: { a: { public: true, severity: low }, b: { public: true, severity: high } }
 */
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

/** What does not change is shared, because most placements change nothing. */
function mapAt(node: TreeNode, [step, ...rest]: Steps, change: (value: TreeNode) => TreeNode): TreeNode {
  if (step === undefined) return change(node);
  if (step === '[]') {
    if (node.type !== 'list') return node;
    const items = node.items.map((item) => mapAt(item, rest, change));
    return items.every((item, i) => item === node.items[i]) ? node : { ...node, items };
  }
  if (node.type !== 'map') return node;
  const changed = new Map<string, Entry>();
  for (const key of step === '*' ? node.entries.keys() : [step]) {
    const entry = node.entries.get(key);
    const value = entry && mapAt(entry.value, rest, change);
    if (value !== entry?.value) changed.set(key, { ...entry!, value: value! });
  }
  return changed.size === 0 ? node : { ...node, entries: new Map([...node.entries, ...changed]) };
}
