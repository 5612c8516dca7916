import type { DeclaredOrigin } from '../declaration';
import type { Expanded } from './expand';
import { positionOf } from '../yaml/source-text';
import { childOf, locateDotted, type TreeNode } from '../yaml/tree';

/**
 * Finds where a field of an object is written: in the object itself, in `defaults`, or in an overlay.
 * @param root with the defaults merged into each object: it shares their nodes
 * @param overlays names of the files that were applied as overlays
 */
export function originsIn(
  root: TreeNode,
  expanded: readonly Expanded[],
  overlays: readonly string[],
): (address: string, field: string) => DeclaredOrigin | undefined {
  const byAddress = new Map(expanded.map((entry) => [entry.object.address, entry]));
  let defaults: ReadonlySet<TreeNode> | undefined;
  return (address, field) => {
    const entry = byAddress.get(address);
    if (!entry) return undefined;
    const { match } = entry;
    const located = locateDotted(match.node, field);
    const at = positionOf(located.node === match.node ? match.key : (located.key ?? located.node.span));
    defaults ??= new Set(nodesBelow(childOf(root, 'defaults')));
    const source = defaults.has(located.node) ? 'defaults' : overlays.includes(at.file) ? 'overlay' : 'declared';
    return { source, at };
  };
}

function nodesBelow(node: TreeNode | undefined): TreeNode[] {
  if (!node) return [];
  const below =
    node.type === 'list' ? node.items : node.type === 'map' ? [...node.entries.values()].map(({ value }) => value) : [];
  return [node, ...below.flatMap(nodesBelow)];
}
