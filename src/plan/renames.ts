import type { Refusal } from '../diagnostic';
import type { JsonObject } from '../json';
import type { Reference } from '../kinds/kind';
import type { Warning } from './plan';
import { addressOf, foundObject, type Declared, type Found, type Rename, type World } from './world';

/** By declared address. */
export function renamesOf(
  declared: Iterable<Declared>,
  found: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, Rename> {
  const renames = new Map<string, Rename>();
  for (const { kind, address, renamedFrom } of declared) {
    if (renamedFrom === undefined) continue;
    const from = addressOf({ kind, identity: renamedFrom });
    renames.set(address, { from, state: stateOf(found.has(from), found.has(address)) });
  }
  return renames;
}

/**
 *       old name in Harbor   new name in Harbor   state
 *       yes                  yes                  clash: the plan is refused
 *       yes                  no                   pending: renamed, with all that it has
 *       no                   yes                  done: the line can be removed
 *       no                   no                   missing: created with its new name
 */
function stateOf(old: boolean, renamed: boolean): Rename['state'] {
  if (old) return renamed ? 'clash' : 'pending';
  return renamed ? 'done' : 'missing';
}

/**
 * The live objects under their new addresses: an object that is to be renamed is listed where it is declared, and
 * references to it (Harbor stores ids) already use its new name.
 */
export function underNewNames(
  found: readonly Found[],
  declared: ReadonlyMap<string, Declared>,
  renames: ReadonlyMap<string, Rename>,
): Found[] {
  const successors = new Map<string, Declared>();
  for (const [address, { from, state }] of renames) {
    const successor = declared.get(address);
    if (successor && state === 'pending') successors.set(from, successor);
  }
  if (successors.size === 0) return [...found];
  return found.map((one) => {
    const successor = successors.get(one.address);
    return successor ? { ...one, address: successor.address } : referringAnew(one, successors);
  });
}

function referringAnew(one: Found, successors: ReadonlyMap<string, Declared>): Found {
  const moved = one.references.flatMap((reference) => {
    const successor = successors.get(addressOf(reference));
    return successor ? [[fieldOf(reference), successor.identity] as const] : [];
  });
  if (moved.length === 0) return one;
  const spec = { ...(one.live.spec as JsonObject), ...Object.fromEntries(moved) };
  return foundObject({ ...one.live, spec, identity: one.rules.identity(spec) }, one.rules);
}

function fieldOf({ specField, field }: Reference): string {
  return specField ?? field;
}

/** Two objects cannot become one. */
export function renameClashes({ renames, declared }: World, targets: readonly string[]): Refusal[] {
  return [...renames].flatMap(([address, { from, state }]): Refusal[] => {
    if (state !== 'clash' || (targets.length > 0 && !targets.includes(address))) return [];
    const at = declared.get(address)?.at;
    return [
      {
        rule: 'rename-clash',
        address,
        message: `${address} is declared as renamed from ${from}, but Harbor has both`,
        hint: `remove \`renamed_from\`${at ? ` at ${at.file}:${at.line}` : ''} to keep both, or delete one of the two in Harbor`,
      },
    ];
  });
}

/** A line without effect: a note, not a warning. */
export function idleRenames({ renames }: World): Warning[] {
  return [...renames].flatMap(([address, { from, state }]): Warning[] => {
    if (state === 'done')
      return [{ address, level: 'info', message: `is already renamed; remove \`renamed_from\` (${from})` }];
    if (state === 'missing')
      return [
        { address, level: 'info', message: `${from} does not exist, so this object is created with its new name` },
      ];
    return [];
  });
}
