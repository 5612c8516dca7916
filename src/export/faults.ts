import { compact } from '../compact';
import { grouped } from '../grouped';
import type { Diagnostic } from '../diagnostic';
import { canonicalJson, type Json, type JsonObject } from '../json';
import type { JsonSchema } from '../kinds/kind';
import { FORBIDDEN_NAMES, type LeftOut, type PlacedObject } from './place';
import { objectForm } from './without-defaults';

/** `leftOut` is empty if nothing had to be removed. */
export interface Repaired {
  readonly objects: readonly PlacedObject[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Removes what the loader would not accept (Harbor keeps values that it would refuse today, and some that cannot be
 * declared): the field, if the object is valid without it, otherwise the object and everything in it. An object whose
 * restricting part is invalid is removed completely, because without that part it would allow more.
 */
export function withoutFaults(
  paths: ReadonlyMap<PlacedObject, string>,
  objects: readonly PlacedObject[],
  errors: readonly Diagnostic[],
): Repaired {
  const places = byPlace(paths);
  const faults = errors.flatMap((error) => faultOf(error, places));
  const reasonFor = reasonsOf(faults.filter(({ field }) => field === undefined));
  const fieldsOf = grouped(faults, ({ object }) => object);
  const leftOut: LeftOut[] = [];
  const kept = objects.flatMap((object): PlacedObject[] => {
    const reason = reasonFor(object);
    if (reason !== undefined) {
      leftOut.push({ address: object.address, reason });
      return [];
    }
    const fields = fieldsOf.get(object) ?? [];
    leftOut.push(...fields.map(({ field = '', reason }) => ({ address: object.address, field, reason })));
    return [fields.reduce((rest, { field = '' }) => withoutField(rest, field), object)];
  });
  return { objects: kept, leftOut: unique(leftOut) };
}

/**
 * Removes fields with a key that no file may contain: the loader stops at such a key before it knows the object, so its
 * finding could not be assigned.
 */
export function withoutForbiddenKeys(object: PlacedObject): Repaired {
  const { value, address } = object;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { objects: [object], leftOut: [] };
  const leftOut = Object.entries(value).flatMap(([field, inner]): LeftOut[] => {
    const key = forbiddenKeyIn(inner);
    return key === undefined ? [] : [{ address, field, reason: `"${key}" cannot be a key` }];
  });
  const essential = leftOut.find(({ field = '' }) => isRestrictedBy(object, field));
  if (essential) return { objects: [], leftOut: [{ address, reason: `${essential.field}: ${essential.reason}` }] };
  return { objects: [leftOut.reduce((rest, { field = '' }) => withoutField(rest, field), object)], leftOut };
}

function forbiddenKeyIn(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return (value as readonly Json[]).map(forbiddenKeyIn).find((key) => key !== undefined);
  const own = Object.keys(value).find((key) => FORBIDDEN_NAMES.has(key));
  return (
    own ??
    Object.values(value)
      .map(forbiddenKeyIn)
      .find((key) => key !== undefined)
  );
}

interface Fault {
  readonly object: PlacedObject;
  readonly field?: string;
  readonly reason: string;
}

/** In maps, because a Harbor may have thousands of objects that are at fault. The first object of a place counts. */
function byPlace(paths: ReadonlyMap<PlacedObject, string>): ReadonlyMap<string, PlacedObject> {
  return new Map([...paths].map(([object, at]) => [withoutBrackets(at), object] as const).reverse());
}

/**
 * The innermost object that contains the path of the finding: a robot is below its project, and only the robot is at
 * fault. Names contain dots as well, so each dot may end a place.
 */
function faultOf({ path = '', message }: Diagnostic, places: ReadonlyMap<string, PlacedObject>): Fault[] {
  const where = withoutBrackets(path);
  for (let end = where.length; end > 0; end = where.lastIndexOf('.', end - 1)) {
    const object = places.get(where.slice(0, end));
    if (object) return [compact({ object, reason: message, field: optionalField(object, where.slice(end + 1)) })];
  }
  return [];
}

/** `users[3]` may be a user named 3: a finding of the schema cannot distinguish it from an item. */
function withoutBrackets(path: string): string {
  return path.replaceAll(/\[(\d+)\]/g, '.$1');
}

function isAtOrBelow(path: string, at: string): boolean {
  return path === at || path.startsWith(`${at}.`);
}

/** The invalid field, if the object means the same without it. */
function optionalField(object: PlacedObject, rest: string): string | undefined {
  const { value, placement, kind } = object;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const field = Object.keys(value).find((key) => isAtOrBelow(rest, key));
  if (field === undefined) return undefined;
  const isEssential = requiredKeys(placement.schema).includes(field) || kind.replaceOn.includes(field);
  return isEssential || isRestrictedBy(object, field) || isFilledIn(object, field) ? undefined : field;
}

function isRestrictedBy({ kind }: PlacedObject, field: string): boolean {
  return kind.restrictedBy?.includes(field) ?? false;
}

function requiredKeys(schema: JsonSchema): readonly string[] {
  return (objectForm(schema)['required'] ?? []) as readonly string[];
}

/**
 * A kind may fill in a default for a missing field (the only URL that a type can have). Leaving the field out would
 * then declare another value than Harbor has, and the first plan after the export would change it.
 */
function isFilledIn(object: PlacedObject, field: string): boolean {
  const { kind, placement, names } = object;
  const spec = kind.normalise(placement.toSpec(withoutField(object, field).value, names)) as JsonObject;
  const was = (kind.normalise(object.spec) as JsonObject)[field];
  return spec[field] !== undefined && canonicalJson(spec[field]) !== canonicalJson(was);
}

function withoutField(object: PlacedObject, field: string): PlacedObject {
  const { [field]: _dropped, ...value } = object.value as JsonObject;
  return { ...object, value };
}

/**
 * Why an object is left out: because of itself, or of one above it. Items of a list share their steps and have nothing
 * below them.
 */
function reasonsOf(gone: readonly Fault[]): (object: PlacedObject) => string | undefined {
  const own = new Map(gone.map((fault) => [fault.object, fault] as const).reverse());
  const bySteps = new Map(gone.map((fault) => [JSON.stringify(fault.object.steps), fault] as const).reverse());
  return (object) => {
    const { steps } = object;
    const above = steps.slice(1).map((_, i) => bySteps.get(JSON.stringify(steps.slice(0, i + 1))));
    return [own.get(object), ...above.reverse()].find((fault) => fault !== undefined)?.reason;
  };
}

function unique(leftOut: readonly LeftOut[]): LeftOut[] {
  return [...new Map(leftOut.map((one) => [`${one.address} ${one.field ?? ''}`, one])).values()];
}
