import { compact } from '../compact';
import type { AcceptedObject, Declaration } from '../declaration/declaration';
import type { KindRules, Live } from '../kinds/kind';
import { matchesAddress } from './address-pattern';
import type { Change, UnmanagedObject, Warning } from './plan';
import { addressOf, foundObject, type Found, type World } from './world';
import { compareText } from '../compare-text';

/** Without `beyond` only the kinds of the declaration were read. */
export interface UnmanagedInput {
  readonly world: World;
  readonly declaration: Declaration;
  readonly kinds: readonly KindRules[];
  readonly changes: readonly Change[];
  /** Objects of kinds that are neither declared nor pruned. */
  readonly beyond?: ReadonlyMap<string, readonly Live<object>[]> | undefined;
  /** Specs of the previous declaration. */
  readonly base?: ReadonlyMap<string, object> | undefined;
}

/** Created by Harbor at installation, but otherwise an ordinary object that can be used and deleted. */
const FROM_INSTALLATION: readonly string[] = ['project/library'];

/** Undeclared objects in Harbor, by address, without those that this plan deletes. */
export function unmanagedObjects(input: UnmanagedInput): UnmanagedObject[] {
  const { world, changes, kinds, beyond } = input;
  const needed = neededBy(world);
  const deleted = new Set(changes.filter(({ action }) => action === 'delete').map(({ address }) => address));
  const others = kinds.flatMap((rules) => (beyond?.get(rules.name) ?? []).map((live) => foundObject(live, rules)));
  const lost = new Set(changes.filter(({ action }) => action === 'replace').map(({ address }) => address));
  const goesAlong = ({ owner }: Found): boolean => owner !== undefined && (deleted.has(owner) || lost.has(owner));
  return (
    [...world.found.values(), ...others]
      .filter(({ address, live }) => !live.builtIn && !world.declared.has(address) && !deleted.has(address))
      .filter((found) => !goesAlong(found))
      // Objects that Harbor cannot delete (a configuration, the quota of a project) are not listed.
      .filter((found) => found.rules.deletable || hasLeftTheFiles(found.address, input))
      .map((found) => describe(found, input, needed))
      .sort((a, b) => compareText(a.kind, b.kind) || compareText(a.address, b.address))
  );
}

/** Flags that are absent instead of false: a plan for a large Harbor lists thousands of objects. */
function describe({ address, rules }: Found, input: UnmanagedInput, needed: ReadonlySet<string>): UnmanagedObject {
  const { prune } = input.declaration;
  const accepted = acceptedBy(address, input.declaration.unmanaged);
  return compact({
    kind: rules.name,
    address,
    pruned: prune.includes(rules.name) && rules.deletable ? (true as const) : undefined,
    removed: hasLeftTheFiles(address, input) ? (true as const) : undefined,
    permanent: rules.deletable ? undefined : (true as const),
    inUse: needed.has(address) ? (true as const) : undefined,
    fromInstallation: FROM_INSTALLATION.includes(address) ? (true as const) : undefined,
    accepted: accepted?.reason,
  });
}

/** Addresses that declared objects refer to. */
export function neededBy({ declared }: World): ReadonlySet<string> {
  return new Set([...declared.values()].flatMap(({ references }) => references.map(addressOf)));
}

/** Declared before, but no longer under any name. */
export function hasLeftTheFiles(address: string, { base, world }: Pick<UnmanagedInput, 'base' | 'world'>): boolean {
  if (!base?.has(address) || world.declared.has(address)) return false;
  return ![...world.renames.values()].some(({ from }) => from === address);
}

/** The first entry of `unmanaged:` whose pattern matches. */
export function acceptedBy(
  address: string,
  accepted: readonly AcceptedObject[] | undefined,
): AcceptedObject | undefined {
  return accepted?.find(({ object }) => matchesAddress(object, address));
}

/** Entries of `unmanaged:` that match nothing, if their kind was read. */
export function idleAcceptances(
  { unmanaged = [] }: Declaration,
  objects: readonly UnmanagedObject[],
  looked: ReadonlySet<string>,
): Warning[] {
  return unmanaged
    .filter(({ object }) => looked.has(object.split('/')[0] ?? ''))
    .filter(({ object }) => !objects.some(({ address }) => matchesAddress(object, address)))
    .map(({ object, at }) => ({
      message: `unmanaged entry ${object} (${at.file}:${at.line}) matches no undeclared object in Harbor: remove it`,
    }));
}
