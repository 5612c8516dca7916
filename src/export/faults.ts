import type { Diagnostic } from '../diagnostic';
import type { JsonObject } from '../json';
import type { LeftOut, PlacedObject } from './place';

export interface Repaired {
  readonly objects: readonly PlacedObject[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Takes out what the loader would not accept (Harbor keeps things that it would refuse today, and some that
 * nobody can declare): the field, where the object can do without it, else the object and what is in it.
 */
export function withoutFaults(
  paths: ReadonlyMap<PlacedObject, string>,
  objects: readonly PlacedObject[],
  errors: readonly Diagnostic[],
): Repaired {
  const faults = errors.flatMap((error) => faultOf(error, paths));
  const gone = new Map(faults.filter(({ field }) => field === undefined).map((fault) => [fault.object, fault.reason]));
  const goneSteps = [...gone].map(([{ steps }, reason]) => ({ steps, reason }));
  const leftOut: LeftOut[] = [];
  const kept = objects.flatMap((object): PlacedObject[] => {
    const within = goneSteps.find(({ steps }) => startsWith(object.steps, steps));
    const reason = gone.get(object) ?? (within && isBelow(object, within.steps) ? within.reason : undefined);
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

interface Fault {
  readonly object: PlacedObject;
  readonly field?: string;
  readonly reason: string;
}

function faultOf({ path = '', message }: Diagnostic, paths: ReadonlyMap<PlacedObject, string>): Fault[] {
  const holders = [...paths].filter(
    ([, at]) => path === at || (/^[.[]/.test(path.slice(at.length)) && path.startsWith(at)),
  );
  const [object, at] = holders.sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  if (!object || at === undefined) return [];
  const field = optionalField(object, path.slice(at.length + 1));
  return [{ object, reason: message, ...(field === undefined ? {} : { field }) }];
}

function optionalField({ value, placement }: PlacedObject, rest: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const field = Object.keys(value).find(
    (key) => rest === key || rest.startsWith(`${key}.`) || rest.startsWith(`${key}[`),
  );
  const required = (placement.schema['required'] ?? []) as readonly string[];
  return field === undefined || required.includes(field) ? undefined : field;
}

function withoutField(object: PlacedObject, field: string): PlacedObject {
  const { [field]: _dropped, ...value } = object.value as JsonObject;
  return { ...object, value };
}

function startsWith(steps: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((step, i) => step === steps[i]);
}

function isBelow({ steps }: PlacedObject, above: readonly string[]): boolean {
  return steps.length > above.length;
}

function unique(leftOut: readonly LeftOut[]): LeftOut[] {
  return [...new Map(leftOut.map((one) => [`${one.address} ${one.field ?? ''}`, one])).values()];
}
