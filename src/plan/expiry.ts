import type { Declaration } from '../declaration/declaration';
import type { End, KindRules, Live } from '../kinds/kind';
import { buildWorld } from './build-world';
import type { Change, Warning } from './plan';
import type { World } from './world';

/** This module has no clock: the current time is an input. */
export interface Expiry {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** How many days ahead to warn at most; 0 disables the warning. */
  readonly days: number;
}

const DAY_MS = 86_400_000;

/** Declared objects that Harbor will expire soon, or has expired. One whose expiry this plan changes is left out. */
export function expiryWarnings(world: World, changes: readonly Change[], expiry: Expiry | undefined): Warning[] {
  if (!expiry || expiry.days === 0) return [];
  const byAddress = new Map(changes.map((change) => [change.address, change]));
  return [...world.declared.keys()].flatMap((address) => {
    const found = world.found.get(address);
    const end = found?.rules.ends?.(found.live);
    if (!end || settles(byAddress.get(address), end.field)) return [];
    const message = endOf(end, expiry);
    return message === undefined ? [] : [{ address, message: `${message}: ${end.remedy}` }];
  });
}

/** The same without a plan. */
export function expiringObjects(
  declaration: Declaration,
  current: ReadonlyMap<string, readonly Live<object>[]>,
  kinds: readonly KindRules[],
  expiry: Expiry,
): Warning[] {
  return expiryWarnings(buildWorld(declaration, current, kinds), [], expiry);
}

/** The plan changes the expiry itself: a warning about the old one would be wrong after the apply. */
function settles(change: Change | undefined, field: string): boolean {
  return change?.action === 'replace' || (change?.fields.some(({ path }) => path === field) ?? false);
}

/** A robot with thirty days must not cause a warning from the start: the last third of its life is early enough. */
const LAST_SHARE = 1 / 3;

/**
 * Undefined if it is too early to warn: more than `days` ahead, or before the last third of a known life.
 *
 *      life     days    warns from
 *      30 d     14      10 days before the end: a third of the life
 *      365 d    14      14 days before the end
 */
function endOf({ atS, lifeS = Infinity }: End, { nowMs, days }: Expiry): string | undefined {
  const endMs = atS * 1_000;
  const date = new Date(endMs).toISOString().slice(0, 10);
  if (endMs <= nowMs) return `EXPIRED on ${date}, every login with it is refused`;
  const left = Math.floor((endMs - nowMs) / DAY_MS);
  if (left >= days || endMs - nowMs > lifeS * 1_000 * LAST_SHARE) return undefined;
  return `expires on ${date}, ${left === 0 ? 'in less than a day' : left === 1 ? 'in 1 day' : `in ${left} days`}`;
}
