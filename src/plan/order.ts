import { compareText } from '../compare-text';
import type { KindRules } from '../kinds/kind';
import type { Change } from './plan';

/**
 * Depth of a kind in the dependencies: 0 needs nothing, every kind has a higher rank than those it needs. Kinds of one
 * rank never need each other.
 */
export function kindRanks(kinds: readonly Pick<KindRules, 'name' | 'dependsOn'>[]): Map<string, number> {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const ranks = new Map<string, number>();
  const rankOf = (name: string, path: readonly string[]): number => {
    if (path.includes(name)) throw new Error(`kinds depend on each other: ${[...path, name].join(' -> ')}`);
    const known = ranks.get(name);
    if (known !== undefined) return known;
    const needs = (byName.get(name)?.dependsOn ?? []).filter((needed) => byName.has(needed));
    const rank = 1 + Math.max(-1, ...needs.map((needed) => rankOf(needed, [...path, name])));
    ranks.set(name, rank);
    return rank;
  };
  for (const { name } of kinds) rankOf(name, []);
  return ranks;
}

/** First everything except deletions, dependencies first; then the deletions, dependants first. */
export function inOrder(changes: readonly Change[], ranks: ReadonlyMap<string, number>): Change[] {
  const sorted = [...changes].sort((a, b) => stage(a, ranks) - stage(b, ranks) || compareText(a.address, b.address));
  return dependenciesFirst(sorted);
}

/**
 * Changes of one stage may run at the same time, as far as their `after` allows. Deletions come last, in reverse order.
 */
export function stage(change: Pick<Change, 'action' | 'kind'>, ranks: ReadonlyMap<string, number>): number {
  const rank = ranks.get(change.kind) ?? 0;
  const deepest = Math.max(0, ...ranks.values());
  return change.action === 'delete' ? 2 * deepest + 1 - rank : rank;
}

function dependenciesFirst(sorted: readonly Change[]): Change[] {
  const byAddress = new Map(sorted.map((change) => [change.address, change]));
  const entered = new Set<Change>();
  const ordered: Change[] = [];
  // An explicit stack: a chain of references may be longer than the call stack.
  for (const root of sorted) {
    const stack = entered.has(root) ? [] : [{ change: root, next: 0 }];
    entered.add(root);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const address = top.change.dependsOn[top.next++];
      const needed = address === undefined ? undefined : byAddress.get(address);
      if (address === undefined) {
        ordered.push(top.change);
        stack.pop();
      } else if (needed && !entered.has(needed)) {
        entered.add(needed);
        stack.push({ change: needed, next: 0 });
      }
    }
  }
  return ordered;
}
