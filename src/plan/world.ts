import type { DeclaredObject, ExternalObject } from '../declaration/declaration';
import type { KindRules, Live, Reference } from '../kinds/kind';

/** A declared or a live object, with its kind. */
export interface Declared extends DeclaredObject {
  readonly rules: KindRules;
  readonly references: readonly Reference[];
  readonly owner: string | undefined;
}
/** An object in Harbor, under the address at which it is or would be declared. */
export interface Found {
  readonly address: string;
  readonly rules: KindRules;
  readonly live: Live<object>;
  readonly references: readonly Reference[];
  readonly owner: string | undefined;
}

/**
 * The state of a `renamed_from` in this Harbor. `pending`: only the old name exists · `done`: only the new one ·
 * `clash`: both · `missing`: neither.
 */
export interface Rename {
  readonly state: 'pending' | 'done' | 'clash' | 'missing';
  /** Address under the old name. */
  readonly from: string;
}

/** Everything the planner uses, by address. Specs are normalized; both maps are sorted by kind rank, then address. */
export interface World {
  readonly ranks: ReadonlyMap<string, number>;
  readonly declared: ReadonlyMap<string, Declared>;
  /** Under their new names: see `underNewNames`. */
  readonly found: ReadonlyMap<string, Found>;
  readonly renames: ReadonlyMap<string, Rename>;
  /** Managed elsewhere, but missing in this Harbor. */
  readonly missing: readonly ExternalObject[];
}

/** Also the form of addresses on the command line: `project/proxy.docker.io`. */
export function addressOf(reference: { readonly kind: string; readonly identity: string }): string {
  return `${reference.kind}/${reference.identity}`;
}

/** One live object as the planner compares it. */
export function foundObject(live: Live<object>, rules: KindRules): Found {
  const spec = rules.normalise(live.spec) as object;
  const address = addressOf({ kind: rules.name, identity: live.identity });
  return { address, rules, live: { ...live, spec }, ...linksOf(spec, rules) };
}

/**
 * The owner is the reference that the kind marks as one, else the object with which Harbor creates it. Undefined for
 * objects that are inside no other one.
 */
export function linksOf(spec: object, rules: KindRules): Pick<Found, 'references' | 'owner'> {
  const references = rules.references(spec);
  const owner = references.find((to) => to.owner) ?? references.find((to) => to.kind === rules.bornWith?.kind);
  return { references, owner: owner && addressOf(owner) };
}
