import { compact } from '../compact';
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
  const faults = errors.flatMap((error) => faultOf(error, paths));
  const gone = faults.filter(({ field }) => field === undefined);
  const leftOut: LeftOut[] = [];
  const kept = objects.flatMap((object): PlacedObject[] => {
    const reason = gone.find((fault) => isWithin(object, fault.object))?.reason;
    if (reason !== undefined) {
      leftOut.push({ address: object.address, reason });
      return [];
    }
    const fields = faults.filter((fault) => fault.object === object);
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

/**
 * The innermost object that contains the path of the finding: a robot is below its project, and only the robot is at
 * fault.
 */
function faultOf({ path = '', message }: Diagnostic, paths: ReadonlyMap<PlacedObject, string>): Fault[] {
  const where = withoutBrackets(path);
  const places = [...paths].map(([object, at]) => [object, withoutBrackets(at)] as const);
  const holders = places.filter(([, at]) => isAtOrBelow(where, at));
  const [object, at] = holders.sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  if (!object || at === undefined) return [];
  const field = optionalField(object, where.slice(at.length + 1));
  return [compact({ object, reason: message, field })];
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

/** The object itself, or objects below it. Items of a list share one path and have nothing below them. */
function isWithin(object: PlacedObject, above: PlacedObject): boolean {
  if (object === above) return true;
  return object.steps.length > above.steps.length && above.steps.every((step, i) => step === object.steps[i]);
}

function unique(leftOut: readonly LeftOut[]): LeftOut[] {
  return [...new Map(leftOut.map((one) => [`${one.address} ${one.field ?? ''}`, one])).values()];
}
