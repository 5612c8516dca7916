import { isRecord, canonicalJson, type Json } from '../json';
import type { JsonSchema } from '../kinds/kind';

/**
 * Leaves out Harbor's defaults: fields with the `default` of their schema, unless the schema requires them or they are
 * in `keep`. Keys come in the order of the schema, which is best for reading.
 */
export function withoutDefaults(value: Json, schema: JsonSchema, keep: ReadonlySet<string>, path = ''): Json {
  const form = objectForm(schema);
  const properties = form['properties'] as Readonly<Record<string, JsonSchema>> | undefined;
  if (properties === undefined || !isRecord(value)) return value;
  const required = (form['required'] ?? []) as readonly string[];
  const known = Object.keys(properties).filter((key) => Object.hasOwn(value, key));
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(properties, key));
  const kept = [...known, ...unknown].flatMap((key): [string, Json][] => {
    const at = path === '' ? key : `${path}.${key}`;
    const own = value[key] ?? null;
    const below = properties[key] ?? {};
    if (required.includes(key) || keep.has(at)) return [[key, own]];
    if (isDefault(own, below)) return [];
    const inner = withoutDefaults(own, below, keep, at);
    return isEmptied(own, inner) ? [] : [[key, inner]];
  });
  return Object.fromEntries(kept);
}

/** For a schema with alternatives (`none`, or a schedule) the one that has fields. */
export function objectForm(schema: JsonSchema): JsonSchema {
  const forms = (schema['oneOf'] ?? []) as readonly JsonSchema[];
  return schema['properties'] === undefined
    ? (forms.find((form) => form['properties'] !== undefined) ?? schema)
    : schema;
}

/** Compared as values: the order of keys does not matter. */
function isDefault(value: Json, schema: JsonSchema): boolean {
  return schema['default'] !== undefined && canonicalJson(value) === canonicalJson(schema['default']);
}

/** It contained only defaults. */
function isEmptied(before: Json, after: Json): boolean {
  return isRecord(before) && isRecord(after) && Object.keys(before).length > 0 && Object.keys(after).length === 0;
}
