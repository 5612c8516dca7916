import type { Diagnostic } from '../diagnostic';
import { positionOf } from './source-text';
import { childOf, type TreeNode } from './tree';

/** No rule looks at what is declared: a waiver here would look like a decision and decide nothing. */
export function checkWaivers(root: TreeNode): Diagnostic[] {
  const waivers = childOf(root, 'waivers');
  if (waivers?.type !== 'list') return [];
  return waivers.items.map(({ span }, i) => ({
    rule: 'waiver-unused',
    severity: 'warning',
    message: `waivers[${i}]: it has no effect: rules look at what is deployed, not at policies`,
    hint: 'remove it; what is deployed is waived in stacks/environments/NAME.yaml',
    at: positionOf(span),
    path: `waivers[${i}]`,
  }));
}
