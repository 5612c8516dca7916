import { isRecord, type Json } from '../../json';
import type { JsonSchema } from '../../kinds/kind';

/**
 * The part of a schema that a value can reach: schemas of keys that the value does not contain are left out. It accepts
 * and rejects this value exactly like the whole schema. Compiling a schema costs far more than using it, and a
 * declaration uses only a small part. `properties`, `additionalProperties` and `items` are followed from the root;
 * everything below other keywords (`oneOf`, `if`, `$ref` …) is kept.
 */
export function usedSchema(schema: JsonSchema, value: Json): JsonSchema {
  return narrowed(schema, [value]);
}

/** `values` are all values that the schema is used for. */
function narrowed(schema: JsonSchema, values: readonly Json[]): JsonSchema {
  const objects = values.filter(isRecord) as Record<string, Json>[];
  const lists = values.filter((value) => Array.isArray(value));
  const { properties, additionalProperties, items } = schema;
  const isKnown = (key: string): boolean => isRecord(properties) && Object.hasOwn(properties, key);
  const used = { ...schema };
  if (isRecord(properties)) used['properties'] = usedProperties(properties, objects);
  // With patternProperties a key may be known although `properties` does not name it: then nothing is left out.
  if (isRecord(additionalProperties) && schema['patternProperties'] === undefined) {
    const others = objects.flatMap((object) =>
      Object.keys(object).flatMap((key) => (isKnown(key) ? [] : [object[key]!])),
    );
    used['additionalProperties'] = narrowed(additionalProperties, others);
  }
  if (isRecord(items))
    used['items'] = narrowed(
      items,
      lists.flatMap((list) => list as Json[]),
    );
  return used;
}

function usedProperties(
  properties: Readonly<Record<string, unknown>>,
  objects: readonly Record<string, Json>[],
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, schema]) => {
      const values = objects.flatMap((object) => (Object.hasOwn(object, key) ? [object[key]!] : []));
      if (values.length === 0) return [];
      return [[key, isRecord(schema) ? narrowed(schema, values) : schema]];
    }),
  );
}
