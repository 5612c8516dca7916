import { objectForm, type LeftOut, type WritableObject } from '../export';
import type { Json, JsonObject } from '../json';
import { addressOf, type AnyKind, type Placement } from '../kinds/kind';
import type { Carried, CarriedObject } from './carried';
import { isMap } from './fields';

/** What can be written down, as specs of the kinds, and what cannot. */
export interface Importable {
  readonly objects: readonly WritableObject[];
  readonly leftOut: readonly LeftOut[];
}

/** Values become specs; parts of one thing that came from several places are put together, the first one wins. */
export function toObjects({ objects, notCarried }: Carried, kinds: readonly AnyKind[]): Importable {
  const leftOut: LeftOut[] = [...notCarried];
  const specs = new Map<string, WritableObject>();
  for (const carried of objects) {
    const made = objectOf(carried, kinds, leftOut);
    if (!made) continue;
    const address = addressOf(made.kind.name, made.kind.identity(made.spec));
    const earlier = specs.get(address);
    specs.set(address, earlier ? { ...made, spec: { ...made.spec, ...earlier.spec } } : made);
  }
  return { objects: [...specs.values()], leftOut };
}

function objectOf(carried: CarriedObject, kinds: readonly AnyKind[], leftOut: LeftOut[]): WritableObject | undefined {
  const kind = kinds.find(({ name }) => name === carried.kind);
  const placement = (kind?.placements as readonly Placement<object>[] | undefined)?.find(
    ({ path }) => path === carried.path,
  );
  const address = carried.names.length === 0 ? carried.path : addressOf(carried.kind, carried.names.join('/'));
  if (!kind || !placement) {
    leftOut.push({ address, reason: 'the declaration has no place for it' });
    return undefined;
  }
  const value = withoutUnknown(carried.value, placement, address, leftOut);
  try {
    const spec = placement.toSpec(value, carried.names);
    kind.normalise(spec);
    // Not normalised: what is found fault with is then named by its place in the file that is imported.
    return { kind, spec, facts: {} };
  } catch (error) {
    // Kinds trust the schema, and this has not passed it: a list may stand where a text should.
    if (!(error instanceof TypeError)) throw error;
    leftOut.push({ address, reason: `it has another form than the declaration: ${error.message}` });
    return undefined;
  }
}

/** Keys that the kind does not know would be lost without a word. */
function withoutUnknown(value: Json, { schema }: Placement<object>, address: string, leftOut: LeftOut[]): Json {
  const properties = objectForm(schema)['properties'] as JsonObject | undefined;
  if (!isMap(value) || properties === undefined) return value;
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(properties, key));
  leftOut.push(...unknown.map((field) => ({ address, field, reason: 'the declaration has no such field' })));
  return Object.fromEntries(Object.entries(value).filter(([key]) => !unknown.includes(key)));
}
