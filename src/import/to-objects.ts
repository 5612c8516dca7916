import { compact } from '../compact';
import { objectForm, secretNames, type LeftOut, type SecretNames, type WritableObject } from '../export';
import { isRecord, canonicalJson, type Json, type JsonObject } from '../json';
import { addressOf, type AnyKind, type Placement } from '../kinds/kind';
import { isSecretReference, type SecretReference } from '../secret-reference';
import { UNNAMED_SECRET, type Carried, type CarriedHarbor, type CarriedObject } from './carried';

/** Objects that can be written, as specs of the kinds, and what cannot. */
export interface Importable {
  readonly objects: readonly WritableObject[];
  readonly leftOut: readonly LeftOut[];
  readonly harbor?: CarriedHarbor;
  /** Registries that the file only refers to, sorted: declaring them would mean managing them. */
  readonly external: readonly string[];
}

/**
 * Converts values to specs. Parts of one object from several places are merged; if they conflict, the first one wins,
 * which is reported. Secrets without a name get their own variable.
 *
 *      carried value ── schema of the placement: unknown keys are left out and reported
 *           └── toSpec ── same address as an earlier one? ── merged, contradictions are reported
 *                └── secrets: names from the file are claimed first, then new ones are given
 */
export function toObjects(
  { objects, notCarried, harbor }: Carried,
  kinds: readonly AnyKind[],
  names: SecretNames = secretNames(),
): Importable {
  const leftOut: LeftOut[] = [...notCarried];
  const made = objects.flatMap((carried) => objectOf(carried, kinds, leftOut) ?? []);
  // Names from the other tool are reserved, so that no new variable gets them.
  for (const { value, address } of made)
    for (const { env, field } of variablesIn(value)) if (env !== UNNAMED_SECRET.env) names.claim(env, address, field);
  const specs = new Map<string, WritableObject>();
  for (const { kind, placement, value, carried, address } of made) {
    const owner = [kind.name, address.slice(kind.name.length + 1)];
    const named = withNames(value, (field) => names.reference(owner, address, field));
    // Not normalized, so that findings have positions in the imported file.
    const spec = placement.toSpec(named, carried.names) as JsonObject;
    const earlier = specs.get(address);
    if (earlier)
      leftOut.push(
        ...contradictions(address, kind.normalise(earlier.spec) as JsonObject, kind.normalise(spec) as JsonObject),
      );
    specs.set(address, { kind, spec: { ...spec, ...earlier?.spec }, facts: {} });
  }
  const written = [...specs.values()];
  return compact<Importable>({ objects: written, leftOut, harbor, external: onlyReferredTo(written) });
}

/**
 * Registries alone, because only a registry can be declared as managed elsewhere (`external: true`). Another object that
 * is missing is left to the validation of the written policies.
 */
function onlyReferredTo(objects: readonly WritableObject[]): string[] {
  const declared = new Set(objects.map(({ kind, spec }) => addressOf(kind.name, kind.identity(spec))));
  const references = objects.flatMap(({ kind, spec }) => kind.references(kind.normalise(spec)));
  const missing = references.filter(
    ({ kind, identity }) => kind === 'registry' && !declared.has(addressOf(kind, identity)),
  );
  return [...new Set(missing.map(({ identity }) => identity))].sort();
}

interface MadeObject {
  readonly kind: AnyKind;
  readonly placement: Placement<object>;
  readonly carried: CarriedObject;
  readonly address: string;
  readonly value: Json;
}

function objectOf(carried: CarriedObject, kinds: readonly AnyKind[], leftOut: LeftOut[]): MadeObject | undefined {
  const kind = kinds.find(({ name }) => name === carried.kind);
  const placement = (kind?.placements as readonly Placement<object>[] | undefined)?.find(
    ({ path }) => path === carried.path,
  );
  const place = carried.names.length === 0 ? carried.path : addressOf(carried.kind, carried.names.join('/'));
  if (!kind || !placement) {
    leftOut.push({ address: place, reason: 'it cannot be declared' });
    return undefined;
  }
  const value = withoutUnknown(carried.value, placement, place, leftOut);
  try {
    const spec = kind.normalise(placement.toSpec(value, carried.names)) as object;
    return { kind, placement, carried, value, address: addressOf(kind.name, kind.identity(spec)) };
  } catch (error) {
    // Kinds trust the schema, but this value was not validated: it may contain a list instead of a text.
    if (!(error instanceof TypeError)) throw error;
    leftOut.push({ address: place, reason: `it does not match the schema: ${error.message}` });
    return undefined;
  }
}

/** Compared in the normal form of the kind, so that two spellings of one value do not contradict each other. */
function contradictions(address: string, first: JsonObject, second: JsonObject): LeftOut[] {
  const fields = Object.keys(second).filter(
    (key) => first[key] !== undefined && canonicalJson(first[key]) !== canonicalJson(second[key]),
  );
  return fields.map((field) => ({ address, field, reason: 'it is declared more than once: the first value is kept' }));
}

interface Variable {
  readonly env: string;
  readonly field: string;
}

/** Every reference to a variable in it, with its position. */
function variablesIn(value: Json, path: readonly string[] = []): Variable[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isSecretReference(value)) return 'env' in value ? [{ env: value.env, field: path.join('.') }] : [];
  return Object.entries(value).flatMap(([key, item]) => variablesIn(item, [...path, key]));
}

/** Replaces every secret without a name by its own variable. */
function withNames(value: Json, name: (field: string) => SecretReference, path: readonly string[] = []): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return (value as readonly Json[]).map((item, i) => withNames(item, name, [...path, String(i)]));
  if (isSecretReference(value)) return isUnnamed(value) ? { ...name(path.join('.')) } : value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNames(item, name, [...path, key])]));
}

function isUnnamed(reference: SecretReference): boolean {
  return 'env' in reference && reference.env === UNNAMED_SECRET.env;
}

/** Unknown keys of the kind would be lost without an error. */
function withoutUnknown(value: Json, { schema }: Placement<object>, address: string, leftOut: LeftOut[]): Json {
  const properties = objectForm(schema)['properties'] as JsonObject | undefined;
  if (!isRecord(value) || properties === undefined) return value;
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(properties, key));
  leftOut.push(...unknown.map((field) => ({ address, field, reason: 'the declaration has no such field' })));
  return Object.fromEntries(Object.entries(value).filter(([key]) => !unknown.includes(key)));
}
