import { compact } from '../compact';
import { compareText } from '../compare-text';
import { createHash } from 'node:crypto';
import { isRecord, canonicalJson, type Json, type JsonObject } from '../json';
import type { GuardedField, KindRules, SecretProof, WriteOnly } from '../kinds/kind';
import { isSecretReference } from '../secret-reference';
import { fieldPath, pathsTouch } from './field-path';
import type { FieldChange, Precondition } from './plan';

/** What the engine needs to know about a kind. All other peculiarities of Harbor are handled by `normalise`. */
export type DiffRules = Pick<KindRules, 'writeOnly' | 'whole' | 'show' | 'declaredAs'>;

/**
 * The only diff engine. Compares only declared fields: a field that `desired` does not have is unmanaged. Lists and
 * `whole` maps are declared completely. Fields that Harbor never returns are not compared.
 */
export function compare(desired: object, current: object, rules: DiffRules): FieldChange[] {
  return entriesOf(desired).flatMap(([key, after]) => {
    const exact = rules.whole?.includes(key) ?? false;
    return rowsOf(fieldPath('', key), after, member(current as JsonObject, key), { rules, exact });
  });
}

/** Every field of a deleted object. */
export function fieldsGone(spec: object, rules: DiffRules): FieldChange[] {
  return entriesOf(spec).flatMap(([key, before]) =>
    rowsOf(fieldPath('', key), undefined, before, { rules, exact: true }),
  );
}

/** Where two snapshots of the same fields differ: all fields of both sides count. */
export function allDifferences(before: object, after: object): FieldChange[] {
  return rowsOf('', after as JsonObject, before as JsonObject, { rules: { writeOnly: [] }, exact: true });
}

/** The part of the live object that the declared fields cover: the content of a precondition. */
export function observedFields(live: object, desired: object, rules: DiffRules): JsonObject {
  const hidden = new Set(rules.writeOnly.map(({ field }) => field));
  const pick = (path: string, from: JsonObject, by: JsonObject): JsonObject => {
    const picked: Record<string, Json> = {};
    for (const [key, wanted] of entriesOf(by)) {
      const at = fieldPath(path, key);
      const value = from[key];
      if (value === undefined || hidden.has(at) || isSecretReference(wanted)) continue;
      const whole = path === '' && rules.whole?.includes(key);
      picked[key] = !whole && isRecord(wanted) && isRecord(value) ? pick(at, value, wanted) : value;
    }
    return picked;
  };
  return pick('', live as JsonObject, desired as JsonObject);
}

/**
 * What was observed is saved with its hash: `apply` reads again just before the write, and refuses if the hash differs.
 */
export function preconditionOn(observed: JsonObject): NonNullable<Precondition> {
  const text = canonicalJson(observed);
  return {
    hash: `sha256:${createHash('sha256').update(text).digest('hex')}`,
    observed: JSON.parse(text) as JsonObject,
  };
}

/** What is known about an object's secrets in addition to the declaration. */
export interface SecretKnowledge {
  readonly proof?: SecretProof | undefined;
  /** The object in the previous declaration; null if it was missing. Absent: unknown. */
  readonly declaredBefore?: object | null | undefined;
}
/** Why secrets may be written: see `writeOnlyFields`. */
export type WriteReason = 'create' | 'rotate' | SecretKnowledge;

/**
 * Secrets to write, which no comparison can find. A create and a rotation write all declared ones. An update writes
 * those that a test found dead, that are declared for the first time, or that Harbor would clear together with a
 * changed field; and, because Harbor's values are unknown, all others whenever the object is written.
 *
 *      the first line that fits                               written
 *      create, --rotate                                       yes
 *      tested: dead                                           yes
 *      a changed field would clear it                         yes
 *      tested: the same                                       no
 *      new, or another reference, since the base              yes
 *      the object is written anyway, and it is not generated  yes
 *      otherwise                                              no
 */
export function writeOnlyFields(
  desired: object,
  changed: readonly FieldChange[],
  rules: DiffRules,
  reason: WriteReason,
): FieldChange[] {
  return rules.writeOnly.flatMap((secret): FieldChange[] => {
    const value = valueAt(desired, secret.field);
    if (value === undefined) return [];
    const row = { path: secret.field, after: inKeyOrder(value), writeOnly: true };
    if (reason === 'create') return [row];
    const why = reason === 'rotate' ? 'requested with --rotate' : whyWritten(secret, value, changed, reason);
    return why === undefined ? [] : [{ ...row, why }];
  });
}

function whyWritten(
  secret: WriteOnly,
  value: Json,
  changed: readonly FieldChange[],
  { proof, declaredBefore }: SecretKnowledge,
): string | undefined {
  const asked = secret.provable ? proof : undefined;
  if (asked?.outcome === 'dead') return asked.why;
  if (secret.with.some((companion) => changed.some(({ path }) => pathsTouch(path, companion)))) return secret.why;
  if (asked?.outcome === 'same') return undefined;
  if (isNewSince(declaredBefore, secret, value)) return 'new since the policies of --base';
  return changed.length > 0 && !secret.generated ? 'cannot be compared, so it is written too' : undefined;
}

/**
 * A generated one only if the object was declared without it: adopting an object keeps the secret that its clients use.
 */
function isNewSince(before: SecretKnowledge['declaredBefore'], secret: WriteOnly, value: Json): boolean {
  if (before === undefined) return false;
  if (before === null) return !secret.generated;
  const earlier = valueAt(before, secret.field);
  if (secret.generated) return earlier === undefined;
  return earlier === undefined || canonicalJson(earlier) !== canonicalJson(value);
}

/** The declared spec, with the default of each guarded field that is not declared and has another live value. */
export function withGuarded(desired: object, live: object, guarded: readonly GuardedField[] = []): GuardedSpec {
  const assumed = guarded.filter(({ field, default: usual }) => {
    const now = valueAt(live, field);
    return valueAt(desired, field) === undefined && now !== undefined && canonicalJson(now) !== canonicalJson(usual);
  });
  const spec = assumed.reduce((made, one) => withValue(made, one.field.split('.'), one.default), desired as JsonObject);
  return { spec, assumed: assumed.map(({ field }) => field) };
}

/** What a change must establish: the declaration, and the defaults of guarded fields that Harbor has otherwise. */
export interface GuardedSpec {
  readonly spec: object;
  /** Guarded fields that `spec` has and the declaration does not. */
  readonly assumed: readonly string[];
}

function withValue(spec: JsonObject, [key = '', ...rest]: readonly string[], value: Json): JsonObject {
  const below = spec[key];
  return { ...spec, [key]: rest.length === 0 ? value : withValue(isRecord(below) ? below : {}, rest, value) };
}

/** Whether a rotation would write anything. */
export function declaresSecret(spec: object, rules: Pick<DiffRules, 'writeOnly'>): boolean {
  return rules.writeOnly.some(({ field }) => valueAt(spec, field) !== undefined);
}

/** The live spec merged with the declared fields, for endpoints that replace whole objects. */
export function mergeOver(live: object, desired: object, rules: DiffRules): JsonObject {
  const merge = (under: JsonObject, over: JsonObject, top: boolean): JsonObject => {
    const merged: Record<string, Json> = { ...under };
    for (const [key, value] of entriesOf(over)) {
      const below = under[key];
      const whole = top && rules.whole?.includes(key);
      const deep = !whole && isRecord(value) && !isSecretReference(value) && isRecord(below);
      merged[key] = deep ? merge(below, value, false) : value;
    }
    return merged;
  };
  return merge(live as JsonObject, desired as JsonObject, true);
}

interface Scope {
  readonly rules: DiffRules;
  /** Fields that only `before` has also count as a difference, and nothing is treated as a secret. */
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
  const isShown = shownBefore !== undefined || shownAfter !== undefined;
  const shown = {
    ...has('before', shownBefore),
    ...has('after', shownAfter),
    ...has('path', isShown ? rules.declaredAs?.[path] : undefined),
  };
  return compact({
    path,
    ...has('before', before),
    ...has('after', after),
    shown: Object.keys(shown).length > 0 ? shown : undefined,
  });
}

/** The same value with sorted keys: a plan has the same bytes in any order of the files. */
export function inKeyOrder<T extends Json | undefined>(value: T): T {
  return typeof value === 'object' && value !== null ? (JSON.parse(canonicalJson(value)) as T) : value;
}

function has<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}

function keysOf(after: Json | undefined, before: Json | undefined, scope: Scope): string[] {
  const own = isRecord(after) ? Object.keys(after) : [];
  const others = scope.exact && isRecord(before) ? Object.keys(before) : [];
  return [...new Set([...own, ...others])].sort();
}

function member(value: Json | undefined, key: string): Json | undefined {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Undefined if any key of the path is missing. Keys with dots cannot be reached. */
export function valueAt(spec: object, dotted: string): Json | undefined {
  return dotted.split('.').reduce<Json | undefined>((value, key) => member(value, key), spec as JsonObject);
}

function entriesOf(spec: object): [string, Json][] {
  return Object.entries(spec as JsonObject)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => compareText(a, b));
}

/** Both sides are maps (or missing), and one of them has keys. */
function areMaps(after: Json | undefined, before: Json | undefined): boolean {
  const sides = [after, before].filter((side) => side !== undefined);
  return sides.every((side) => isRecord(side)) && sides.some((side) => Object.keys(side).length > 0);
}
