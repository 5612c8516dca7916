import type { Refusal } from '../diagnostic';
import type { Adoption, Change } from './plan';
import type { World } from './world';

/**
 * Declared objects that exist in Harbor and that the base, the previous declaration, does not contain: from now on they
 * are managed. Harbor does not record who manages an object, so without a base nothing is reported.
 */
export function adoptionsOf(
  world: World,
  differing: ReadonlyMap<string, Change>,
  targets: readonly string[],
  base: ReadonlyMap<string, object> | undefined,
): Adoption[] | undefined {
  if (!base) return undefined;
  return [...world.declared.values()]
    .filter(({ address }) => world.found.has(address) && (targets.length === 0 || targets.includes(address)))
    .filter(({ address }) => !base.has(address) && !base.has(world.renames.get(address)?.from ?? ''))
    .filter(({ address }) => !isCreatedAgain(differing.get(address)))
    .map(({ address, at }) => ({ address, at, changed: differing.has(address) }));
}

/** Objects below an owner that is recreated are deleted before. */
function isCreatedAgain(change: Change | undefined): boolean {
  return change?.action === 'create' || change?.bornOf !== undefined;
}

/** A user who declares a project for the first time has not seen what it contains. */
export function deletesInAdopted(
  world: World,
  changes: readonly Change[],
  adoptions: readonly Adoption[] | undefined,
  targets: readonly string[],
): Refusal[] {
  const adopted = new Set(adoptions?.map(({ address }) => address));
  return changes.flatMap(({ action, address }): Refusal[] => {
    const owner = world.found.get(address)?.owner;
    if (action !== 'delete' || owner === undefined || !adopted.has(owner) || targets.includes(address)) return [];
    return [
      {
        rule: 'delete-in-adopted',
        address,
        message: `${address} would be deleted in the same run that adopts ${owner}`,
        hint: `adopt ${owner} first and delete in a second run, or pass --target ${address}`,
      },
    ];
  });
}
