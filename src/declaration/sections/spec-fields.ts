import { isRecord } from '../../json';
import type { JsonSchema } from '../../kinds/kind';
import type { Site } from './placement-path';

/** Names of the fields of one kind, as rules of an organization use them. Nested ones have dots. */
export interface SpecFields {
  readonly all: readonly string[];
  /** Those that can be compared with a ceiling. */
  readonly numeric: readonly string[];
}

/**
 * The fields of every kind, by its name. A kind has no list of them, so they come from three places:
 *
 *      schema of a placement            what is written below the name of the object
 *      example of a placement           what its place adds: a name, a project
 *      placements below a project       fields of the project: storage_limit, retention, members …
 */
export function specFields(sites: readonly Site[]): ReadonlyMap<string, SpecFields> {
  const found = new Map<string, Map<string, boolean>>();
  const note = (kind: string, field: string, isNumeric: boolean): void => {
    const fields = found.get(kind) ?? new Map<string, boolean>();
    found.set(kind, fields.set(field, isNumeric || fields.get(field) === true));
  };
  for (const { kind, placement, steps } of sites) {
    for (const [field, schema] of fieldsBelow(placement.schema)) note(kind.name, field, isNumeric(schema));
    const { example } = placement;
    const spec = Object.entries(example ? placement.toSpec(example.value, example.names) : {});
    for (const [field, one] of spec) note(kind.name, field, typeof one === 'number');
    const [place, , below] = steps;
    const owner = sites.find((site) => site.steps.length === 2 && site.steps[0] === place && site.steps[1] === '*');
    const isBelow = below !== undefined && owner !== undefined && owner.kind !== kind;
    if (isBelow)
      note(
        owner.kind.name,
        below,
        spec.some(([field, one]) => field === below && typeof one === 'number'),
      );
  }
  return new Map([...found].map(([kind, fields]) => [kind, sorted(fields)]));
}

function sorted(fields: ReadonlyMap<string, boolean>): SpecFields {
  const all = [...fields.keys()].sort();
  return { all, numeric: all.filter((field) => fields.get(field)) };
}

/** Items of lists have no name, so they are left out. */
function fieldsBelow(schema: JsonSchema, prefix = ''): [field: string, schema: JsonSchema][] {
  const { properties } = schema;
  const own = Object.entries(isRecord(properties) ? (properties as Record<string, JsonSchema>) : {});
  return [
    ...own.flatMap(([key, inner]) => [
      [prefix + key, inner] as [string, JsonSchema],
      ...fieldsBelow(inner, `${prefix}${key}.`),
    ]),
    ...branchesOf(schema).flatMap((branch) => fieldsBelow(branch, prefix)),
  ];
}

function isNumeric(schema: JsonSchema): boolean {
  const { type } = schema;
  return [type].flat().some((one) => one === 'integer' || one === 'number') || branchesOf(schema).some(isNumeric);
}

function branchesOf(schema: JsonSchema): JsonSchema[] {
  return [schema['oneOf'], schema['anyOf'], schema['allOf']].flatMap((branches) =>
    Array.isArray(branches) ? (branches as JsonSchema[]) : [],
  );
}
