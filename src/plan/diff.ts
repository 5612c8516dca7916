import { createHash } from 'node:crypto';
import { canonicalJson, type Json, type JsonObject } from '../json';
import type { KindRules } from '../kinds/kind';
import { isSecretReference } from '../secret-reference';
import { fieldPath, pathsTouch } from './field-path';
import type { FieldChange, Precondition } from './plan';

/** What the engine has to know of a kind. Everything else that Harbor does oddly is behind `normalise`. */
export type DiffRules = Pick<KindRules, 'writeOnly' | 'whole' | 'show'>;

/**
 * The one diff engine. Compares the declared fields, and only those: what `desired` does not have is unmanaged.
 * Lists and `whole` maps are declared completely. Fields that Harbor never answers are not compared.
 */
export function compare(desired: object, current: object, rules: DiffRules): FieldChange[] {
  return entriesOf(desired).flatMap(([key, after]) => {
    const exact = rules.whole?.includes(key) ?? false;
    return rowsOf(fieldPath('', key), after, member(current as JsonObject, key), { rules, exact });
  });
}

/** Every field of an object that goes. */
export function fieldsGone(spec: object, rules: DiffRules): FieldChange[] {
  return entriesOf(spec).flatMap(([key, before]) =>
    rowsOf(fieldPath('', key), undefined, before, { rules, exact: true }),
  );
}

/** Where two snapshots of the same fields differ: everything on both sides counts. */
export function allDifferences(before: object, after: object): FieldChange[] {
  return rowsOf('', after as JsonObject, before as JsonObject, { rules: { writeOnly: [] }, exact: true });
}

/** The part of the live object that the declared fields cover: what a precondition pins. */
export function observedFields(live: object, desired: object, rules: DiffRules): JsonObject {
  const hidden = new Set(rules.writeOnly.map(({ field }) => field));
  const pick = (path: string, from: JsonObject, by: JsonObject): JsonObject => {
    const picked: Record<string, Json> = {};
    for (const [key, wanted] of entriesOf(by)) {
      const at = fieldPath(path, key);
      const value = from[key];
      if (value === undefined || hidden.has(at) || isSecretReference(wanted)) continue;
      const whole = path === '' && rules.whole?.includes(key);
      picked[key] = !whole && isMap(wanted) && isMap(value) ? pick(at, value, wanted) : value;
    }
    return picked;
  };
  return pick('', live as JsonObject, desired as JsonObject);
}

export function preconditionOn(observed: JsonObject): NonNullable<Precondition> {
  const text = canonicalJson(observed);
  return {
    hash: `sha256:${createHash('sha256').update(text).digest('hex')}`,
    observed: JSON.parse(text) as JsonObject,
  };
}

/** `dead`: a live proof says that the stored secret is no good and the declared one is, and in which words. */
export type WriteReason = 'create' | 'update' | 'rotate' | { readonly dead: string };

/**
 * The fields that no comparing can find: on a create all that are declared; on an update those that have to
 * travel along with a changed one (Harbor would clear or mix up what it holds), on a rotation all of them, and
 * those that were proven dead.
 */
export function writeOnlyFields(
  desired: object,
  changed: readonly FieldChange[],
  rules: DiffRules,
  reason: WriteReason,
): FieldChange[] {
  return rules.writeOnly.flatMap(({ field, with: companions, why, provable }): FieldChange[] => {
    const value = valueAt(desired, field);
    if (value === undefined) return [];
    const after = inKeyOrder(value);
    const row = { path: field, after, writeOnly: true };
    if (reason === 'create') return [row];
    if (reason === 'rotate') return [{ ...row, why: 'asked for with --rotate' }];
    if (typeof reason === 'object' && provable) return [{ ...row, why: reason.dead }];
    const travels = companions.some((companion) => changed.some(({ path }) => pathsTouch(path, companion)));
    return travels ? [{ ...row, why }] : [];
  });
}

/** Whether there is anything to write again on a rotation. */
export function declaresSecret(spec: object, rules: Pick<DiffRules, 'writeOnly'>): boolean {
  return rules.writeOnly.some(({ field }) => valueAt(spec, field) !== undefined);
}

/** The live spec with the declared fields over it, for endpoints that replace whole objects. */
export function mergeOver(live: object, desired: object, rules: DiffRules): JsonObject {
  const merge = (under: JsonObject, over: JsonObject, top: boolean): JsonObject => {
    const merged: Record<string, Json> = { ...under };
    for (const [key, value] of entriesOf(over)) {
      const below = under[key];
      const whole = top && rules.whole?.includes(key);
      const deep = !whole && isMap(value) && !isSecretReference(value) && isMap(below);
      merged[key] = deep ? merge(below, value, false) : value;
    }
    return merged;
  };
  return merge(live as JsonObject, desired as JsonObject, true);
}

interface Scope {
  readonly rules: DiffRules;
  /** Also what only `before` has is a difference, and nothing is taken for a secret. */
  readonly exact: boolean;
}

function rowsOf(path: string, after: Json | undefined, before: Json | undefined, scope: Scope): FieldChange[] {
  if (after === before || scope.rules.writeOnly.some(({ field }) => field === path)) return [];
  if (after === undefined && (!scope.exact || before === undefined)) return [];
  if (!scope.exact && isSecretReference(after)) return [];
  if (areMaps(after, before))
    return keysOf(after, before, scope).flatMap((key) =>
      rowsOf(fieldPath(path, key), member(after, key), member(before, key), scope),
    );
  return canonicalJson(after) === canonicalJson(before) ? [] : [leaf(path, after, before, scope.rules)];
}

function leaf(path: string, after: Json | undefined, before: Json | undefined, rules: DiffRules): FieldChange {
  const shownBefore = before === undefined ? undefined : rules.show?.(path, before);
  const shownAfter = after === undefined ? undefined : rules.show?.(path, after);
  const shown = { ...has('before', shownBefore), ...has('after', shownAfter) };
  return {
    path,
    ...has('before', before),
    ...has('after', after),
    ...(Object.keys(shown).length > 0 ? { shown } : {}),
  };
}

/** The same value with its keys sorted: a plan has the same bytes in whatever order they were written. */
export function inKeyOrder<T extends Json | undefined>(value: T): T {
  return typeof value === 'object' && value !== null ? (JSON.parse(canonicalJson(value)) as T) : value;
}

function has<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}

function keysOf(after: Json | undefined, before: Json | undefined, scope: Scope): string[] {
  const own = isMap(after) ? Object.keys(after) : [];
  const others = scope.exact && isMap(before) ? Object.keys(before) : [];
  return [...new Set([...own, ...others])].sort();
}

function member(value: Json | undefined, key: string): Json | undefined {
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function valueAt(spec: object, dotted: string): Json | undefined {
  return dotted.split('.').reduce<Json | undefined>((value, key) => member(value, key), spec as JsonObject);
}

function entriesOf(spec: object): [string, Json][] {
  return Object.entries(spec as JsonObject)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Neither side is anything else, and one has a key to go on with. */
function areMaps(after: Json | undefined, before: Json | undefined): boolean {
  const sides = [after, before].filter((side) => side !== undefined);
  return sides.every(isMap) && sides.some((side) => Object.keys(side).length > 0);
}
