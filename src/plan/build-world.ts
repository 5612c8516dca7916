import type { Declaration } from '../declaration/declaration';
import type { KindRules, Live } from '../kinds/kind';
import { kindRanks } from './order';
import { renamesOf, underNewNames } from './renames';
import { foundObject, linksOf, type World } from './world';
import { compareText } from '../compare-text';

/**
 * The declaration and Harbor side by side, by address. Owners come before what is inside them, because their kinds have
 * a lower rank. An object with `renamed_from` is found under its new address.
 * @throws Error if the declaration has a kind that is not in `kinds`
 */
export function buildWorld(
  declaration: Declaration,
  current: ReadonlyMap<string, readonly Live<object>[]>,
  kinds: readonly KindRules[],
): World {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const ranks = kindRanks(kinds);
  const declared = declaration.objects.map((object) => {
    const rules = byName.get(object.kind);
    if (!rules) throw new Error(`${object.address}: there is no kind ${object.kind}`);
    return { ...object, rules, ...linksOf(object.spec, rules) };
  });
  const live = kinds.flatMap((rules) => (current.get(rules.name) ?? []).map((one) => foundObject(one, rules)));
  const byAddress = indexed(declared, ranks);
  const renames = renamesOf(declared, new Map(live.map((one) => [one.address, one])));
  const external = declaration.external ?? [];
  const elsewhere = new Set(external.map(({ address }) => address));
  // Objects that are managed elsewhere are only used to resolve references.
  const found = indexed(
    underNewNames(live, byAddress, renames).filter(({ address }) => !elsewhere.has(address)),
    ranks,
  );
  const there = new Set(live.map(({ address }) => address));
  return { ranks, declared: byAddress, found, renames, missing: external.filter(({ address }) => !there.has(address)) };
}

/** By kind rank, then address: the order of the maps of a world, and with it that of every list in a plan. */
function indexed<T extends { readonly address: string; readonly rules: KindRules }>(
  objects: readonly T[],
  ranks: ReadonlyMap<string, number>,
): Map<string, T> {
  const rankOf = (object: T): number => ranks.get(object.rules.name) ?? 0;
  const sorted = [...objects].sort((a, b) => rankOf(a) - rankOf(b) || compareText(a.address, b.address));
  return new Map(sorted.map((object) => [object.address, object]));
}
