import type { DeclaredObject, Declaration } from '../declaration/declaration';
import type { KindRules, Live, Reference } from '../kinds/kind';
import { kindRanks } from './order';

/** A declared or a live object, with the kind it belongs to. */
export interface Declared extends DeclaredObject {
  readonly rules: KindRules;
  readonly references: readonly Reference[];
  readonly owner: string | undefined;
}
export interface Found {
  readonly address: string;
  readonly rules: KindRules;
  readonly live: Live<object>;
  readonly references: readonly Reference[];
  readonly owner: string | undefined;
}

/** Everything the planner looks at, by address. Specs are normalised; both maps go by kind rank, then address. */
export interface World {
  readonly ranks: ReadonlyMap<string, number>;
  readonly declared: ReadonlyMap<string, Declared>;
  readonly found: ReadonlyMap<string, Found>;
}

export function addressOf(reference: { readonly kind: string; readonly identity: string }): string {
  return `${reference.kind}/${reference.identity}`;
}

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
  const found = kinds.flatMap((rules) => (current.get(rules.name) ?? []).map((live) => foundObject(live, rules)));
  return { ranks, declared: indexed(declared, ranks), found: indexed(found, ranks) };
}

/** One live object as the planner compares it. */
export function foundObject(live: Live<object>, rules: KindRules): Found {
  const spec = rules.normalise(live.spec) as object;
  const address = addressOf({ kind: rules.name, identity: live.identity });
  return { address, rules, live: { ...live, spec }, ...linksOf(spec, rules) };
}

function linksOf(spec: object, rules: KindRules): Pick<Found, 'references' | 'owner'> {
  const references = rules.references(spec);
  const owner = references.find((to) => to.owner) ?? references.find((to) => to.kind === rules.bornWith?.kind);
  return { references, owner: owner && addressOf(owner) };
}

function indexed<T extends { readonly address: string; readonly rules: KindRules }>(
  objects: readonly T[],
  ranks: ReadonlyMap<string, number>,
): Map<string, T> {
  const rankOf = (object: T): number => ranks.get(object.rules.name) ?? 0;
  const sorted = [...objects].sort((a, b) => rankOf(a) - rankOf(b) || compareText(a.address, b.address));
  return new Map(sorted.map((object) => [object.address, object]));
}

/** By code unit, the same on every machine whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
