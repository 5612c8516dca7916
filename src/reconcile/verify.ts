import { addressOf, type KindRules, type Live, type Unreadable } from '../kinds/kind';
import { compare } from '../plan/diff';
import type { Change } from '../plan/plan';
import { printableJson } from '../plan/render/printable';
import { unreadableOf } from '../plan/unreadable';
import type { ChangeResult, Difference } from './result';

/**
 * Compares Harbor's current state with the accepted changes. Some endpoints return 200 and ignore values
 * (docs/harbor-behavior.md 5.1), so an accepted change may not be applied.
 */
export function differencesAfter(
  changes: readonly Change[],
  results: readonly ChangeResult[],
  current: ReadonlyMap<string, readonly Live<object>[]>,
  kinds: readonly KindRules[],
  unreadable: readonly Unreadable[] = [],
): Difference[] {
  const accepted = new Set(results.filter(({ outcome }) => outcome === 'ok').map(({ address }) => address));
  const rules = new Map(kinds.map((kind) => [kind.name, kind]));
  const specs = new Map(
    [...current].flatMap(([kind, all]) =>
      all.map(({ identity, spec }): [string, object] => [addressOf(kind, identity), spec]),
    ),
  );
  return changes.flatMap((change) => {
    const kind = rules.get(change.kind);
    if (!kind || !accepted.has(change.address)) return [];
    const live = specs.get(change.address);
    const unread = live === undefined ? unreadableOf(relevantTo(change, unreadable), change) : undefined;
    return unread ? [unverified(change, unread)] : differenceOf(change, live, kind);
  });
}

/** A single object without a name is not one that Harbor has just deleted; a whole list may contain that. */
function relevantTo({ action }: Change, unreadable: readonly Unreadable[]): readonly Unreadable[] {
  if (action !== 'delete') return unreadable;
  return unreadable.filter(({ anonymous, kind, address, project }) => !anonymous || address === `${kind}/${project}`);
}

/** Not a success: what cannot be read is not known to be applied. */
function unverified({ address }: Change, { address: seen, reason }: Unreadable): Difference {
  const which = seen === address ? '' : `${seen}, which may be it, is unreadable: `;
  const message = `${address}: Harbor accepted it, but it cannot be read back: ${which}${reason}`;
  return { address, fields: [], message, unread: true };
}

/** Only the fields that are declared. A field that is left out may have any value. */
function differenceOf({ address, action, desired }: Change, live: object | undefined, kind: KindRules): Difference[] {
  const head = `${address}: Harbor accepted but did not apply`;
  if (action === 'delete')
    return live ? [{ address, fields: [], message: `${head} its deletion: it still exists` }] : [];
  if (!live) return [{ address, fields: [], message: `${head} it: it does not exist` }];
  const rows = compare(desired ?? {}, kind.normalise(live) as object, kind);
  if (rows.length === 0) return [];
  const told = rows.map((row) => `${row.path} (declared ${printableJson(row.after)}, is ${printableJson(row.before)})`);
  return [{ address, fields: rows.map(({ path }) => path), message: `${head} ${told.join(', ')}` }];
}
