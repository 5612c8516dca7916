import type { KindRules } from '../kinds/kind';
import type { Act, Change, Warning } from './plan';

/** A replace deletes the object and creates it again: Harbor still has data about the old one. */
export function recreatedWarnings(changes: readonly Change[], kinds: readonly KindRules[]): Warning[] {
  return changes.flatMap((change): Warning[] => {
    const aftermath = change.action === 'replace' ? aftermathOf(change, kinds) : undefined;
    return aftermath ? [{ address: change.address, message: `for ${aftermath.days} days ${aftermath.effect}` }] : [];
  });
}

/** The same for a new object, if one with its name was deleted shortly before. */
export function recreatedLately(change: Change, deleted: Act, kinds: readonly KindRules[], nowMs: number): Warning[] {
  const aftermath = change.action === 'create' ? aftermathOf(change, kinds) : undefined;
  const ends = aftermath && Date.parse(deleted.at) + aftermath.days * DAY_MS;
  if (!aftermath || !ends || ends <= nowMs) return [];
  const until = new Date(ends).toISOString().slice(0, 10);
  const message = `one of this name was deleted on ${deleted.at.slice(0, 10)}; until ${until} ${aftermath.effect}`;
  return [{ address: change.address, message }];
}

const DAY_MS = 86_400_000;

function aftermathOf({ kind, desired }: Change, kinds: readonly KindRules[]) {
  return desired && kinds.find(({ name }) => name === kind)?.recreated?.(desired);
}
