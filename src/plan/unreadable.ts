import { compact } from '../compact';
import type { Unreadable } from '../kinds/kind';
import type { Warning } from './plan';
import { addressOf, type Declared, type World } from './world';

/** Declared objects that must not be changed, by address, with the reason. */
export type Withheld = ReadonlyMap<string, string>;

/**
 * It is unknown whether they differ or even exist: creating one could duplicate it, updating one could undo unseen
 * changes.
 */
export function withheldBy(world: World, unreadable: readonly Unreadable[]): Withheld {
  const reasons = new Map<string, string>();
  if (unreadable.length === 0) return reasons;
  const byAddress = new Map(unreadable.filter(({ anonymous }) => !anonymous).map((one) => [one.address, one]));
  const anonymous = unreadable.filter((one) => one.anonymous);
  // Owners come before their children, because they have a lower rank.
  for (const declared of world.declared.values()) {
    const reason = reasonFor(declared, world, byAddress, anonymous, reasons);
    if (reason !== undefined) reasons.set(declared.address, reason);
  }
  return reasons;
}

function reasonFor(
  declared: Declared,
  world: World,
  byAddress: ReadonlyMap<string, Unreadable>,
  anonymous: readonly Unreadable[],
  reasons: Withheld,
): string | undefined {
  const { address, owner } = declared;
  if (byAddress.has(address)) return 'it cannot be read';
  if (owner !== undefined && reasons.has(owner)) return `${owner} cannot be read`;
  // Below an owner that does not exist there is no object to read.
  if (world.found.has(address) || (owner !== undefined && !world.found.has(owner))) return undefined;
  const candidate = anonymous.find((one) => one.kind === declared.kind && mayBe(one, owner));
  return candidate && `${candidate.address} cannot be read and may be this object`;
}

/**
 * What may be this object, if it was not found: then it is not known whether it exists. Below a project every identity
 * begins with its name.
 */
export function unreadableOf(
  unreadable: readonly Unreadable[],
  { kind, identity }: { readonly kind: string; readonly identity: string },
): Unreadable | undefined {
  const address = addressOf({ kind, identity });
  const isIn = (project: string): boolean => identity.split(/[/+]/, 1)[0] === project;
  return unreadable.find((one) => {
    if (one.leftOver || one.kind !== kind) return false;
    return one.anonymous ? one.project === undefined || isIn(one.project) : one.address === address;
  });
}

function mayBe({ project }: Unreadable, owner: string | undefined): boolean {
  return project === undefined || owner === `project/${project}`;
}

/** Leftover objects are notes: no declared object can be meant. */
export function unreadableWarnings(unreadable: readonly Unreadable[], withheld: Withheld): Warning[] {
  const direct = new Set(unreadable.map(({ address }) => address));
  const indirect = [...withheld].filter(([address]) => !direct.has(address));
  return [
    ...unreadable.map(({ address, reason, leftOver }): Warning =>
      compact({
        address,
        level: leftOver && 'info',
        message: leftOver ? `left over: ${reason}` : `unreadable, so it is not changed or deleted: ${reason}`,
      }),
    ),
    ...indirect.map(([address, reason]): Warning => ({ address, message: `not compared: ${reason}` })),
  ];
}
