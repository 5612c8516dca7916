import type { Change, Warning } from './plan';
import { addressOf, type World } from './world';
import { compareText } from '../compare-text';

/**
 * Fills in `dependsOn`: changes that must succeed before each change. Only changes of this plan are named, because
 * everything else exists already.
 *
 *      change             waits for
 *      create, update,    the changes of what it refers to: a project waits for its registry; and the change whose
 *      replace            request creates it (`carriedBy`, `bornOf`)
 *      delete             the changes of everything that refers to it: a registry waits until its project is deleted
 */
export function linked(changes: ReadonlyMap<string, Change>, world: World): Change[] {
  const users = usersOfDeleted(changes, world);
  return [...changes.values()].map((change) => {
    const needs = change.action === 'delete' ? (users.get(change.address) ?? []) : neededBy(change, world);
    const inPlan = needs.filter((address) => address !== change.address && changes.has(address));
    return { ...change, dependsOn: [...new Set(inPlan)].sort(compareText) };
  });
}

/** What a created or updated object refers to, from its declaration: what Harbor has refers to the old state. */
function neededBy(change: Change, world: World): string[] {
  const references = world.declared.get(change.address)?.references.map(addressOf) ?? [];
  return [...references, change.carriedBy, change.bornOf].filter((address) => address !== undefined);
}

/**
 * By address of a deleted object: the changes that end the references to it, which are those of the referring objects
 * or, if one goes with its parent, of that parent.
 */
function usersOfDeleted(changes: ReadonlyMap<string, Change>, world: World): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const { address, references, owner } of world.found.values()) {
    const ending = changes.has(address) ? address : owner;
    if (ending === undefined) continue;
    for (const to of references.map(addressOf)) {
      if (changes.get(to)?.action === 'delete') users.set(to, [...(users.get(to) ?? []), ending]);
    }
  }
  return users;
}

/** Harbor refuses to delete an object that others use, for example the registry of a proxy project (docs/harbor-behavior.md 4.8). */
export function stillUsed(changes: ReadonlyMap<string, Change>, world: World): Warning[] {
  return [...world.found.values()].flatMap((user): Warning[] => {
    const ends = [user.address, user.owner].some((address) => address && isGoing(changes.get(address)));
    if (ends) return [];
    const wanted = changes.has(user.address) ? world.declared.get(user.address)?.references : user.references;
    return (wanted ?? []).map(addressOf).flatMap((address) => {
      const { action } = changes.get(address) ?? {};
      if (!isGoing(changes.get(address))) return [];
      return [{ address, message: `${user.address} still uses it and stays: Harbor may refuse to ${action} it` }];
    });
  });
}

/** Undeclared objects inside a deleted object, which would otherwise be lost unnoticed. */
export function goingAlong(changes: ReadonlyMap<string, Change>, world: World): Warning[] {
  const lost = new Map<string, string[]>();
  for (const { address, owner, live } of world.found.values()) {
    if (owner === undefined || live.builtIn || world.declared.has(address) || !isGoing(changes.get(owner))) continue;
    lost.set(owner, [...(lost.get(owner) ?? []), address]);
  }
  return [...lost].map(([address, children]) => ({ address, message: `also deletes ${listed(children)}` }));
}

function isGoing(change: Change | undefined): boolean {
  return change?.action === 'delete' || change?.action === 'replace';
}

function listed(addresses: readonly string[]): string {
  const shown = addresses.slice(0, 5).join(', ');
  return addresses.length > 5 ? `${shown} and ${addresses.length - 5} more` : shown;
}
