import { isRecord, type Json } from '../json';

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Whether a value is valid, for the keywords that our schemas use. The schema is interpreted, because compiling it takes far
 * longer than validating one declaration. ajv then finds the errors of an invalid value; a property test compares the two.
 * Returns false if the schema has an unknown keyword.
 */
export function isOfForm(schema: JsonSchema, value: Json): boolean {
  try {
    return holds(schema, value, schema);
  } catch (error) {
    if (error instanceof UnknownKeyword) return false;
    throw error;
  }
}

class UnknownKeyword extends Error {}

/** Checks one keyword of a schema. @param root holds the definitions for `$ref` */
type Check = (limit: never, value: Json, schema: JsonSchema, root: JsonSchema) => boolean;

function holds(schema: JsonSchema, value: Json, root: JsonSchema): boolean {
  for (const keyword in schema) {
    const check = CHECKS.get(keyword);
    if (check) {
      if (!check(schema[keyword] as never, value, schema, root)) return false;
    } else if (!ANNOTATIONS.has(keyword)) throw new UnknownKeyword(keyword);
  }
  return true;
}

const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  '$defs',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
]);

const checks: Readonly<Record<string, Check>> = {
  type: (types: string | readonly string[], value) =>
    typeof types === 'string' ? isOfType(types, value) : types.some((type) => isOfType(type, value)),
  enum: (values: readonly unknown[], value) => values.some((one) => isSame(one, value)),
  const: isSame,
  minimum: (limit: number, value) => typeof value !== 'number' || value >= limit,
  maximum: (limit: number, value) => typeof value !== 'number' || value <= limit,
  pattern: (pattern: string, value) => typeof value !== 'string' || regExp(pattern).test(value),
  minLength: (limit: number, value) => typeof value !== 'string' || lengthOf(value) >= limit,
  maxLength: (limit: number, value) => typeof value !== 'string' || lengthOf(value) <= limit,
  minItems: (limit: number, value) => !Array.isArray(value) || value.length >= limit,
  maxItems: (limit: number, value) => !Array.isArray(value) || value.length <= limit,
  minProperties: (limit: number, value) => !isRecord(value) || Object.keys(value).length >= limit,
  maxProperties: (limit: number, value) => !isRecord(value) || Object.keys(value).length <= limit,
  items: (item: JsonSchema, value, _schema, root) =>
    !Array.isArray(value) || value.every((one: Json) => holds(item, one, root)),
  required: (keys: readonly string[], value) => !isRecord(value) || keys.every((key) => Object.hasOwn(value, key)),
  dependentRequired: (keys: Readonly<Record<string, readonly string[]>>, value) =>
    !isRecord(value) ||
    Object.keys(keys).every(
      (key) => !Object.hasOwn(value, key) || keys[key]!.every((other) => Object.hasOwn(value, other)),
    ),
  properties: (properties: Readonly<Record<string, JsonSchema>>, value, _schema, root) =>
    !isRecord(value) ||
    Object.keys(value).every((key) => !Object.hasOwn(properties, key) || holds(properties[key]!, value[key]!, root)),
  additionalProperties: (others: JsonSchema | boolean, value, { properties }, root) =>
    !isRecord(value) ||
    Object.keys(value).every(
      (key) =>
        (isRecord(properties) && Object.hasOwn(properties, key)) ||
        (typeof others === 'boolean' ? others : holds(others, value[key]!, root)),
    ),
  propertyNames: (names: JsonSchema, value, _schema, root) =>
    !isRecord(value) || Object.keys(value).every((key) => holds(names, key, root)),
  oneOf: (branches: readonly JsonSchema[], value, _schema, root) =>
    branches.filter((branch) => holds(branch, value, root)).length === 1,
  $ref: (name: string, value, _schema, root) => holds(definition(name, root), value, root),
};
const CHECKS: ReadonlyMap<string, Check> = new Map(Object.entries(checks));

function isOfType(type: string, value: Json): boolean {
  switch (type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function isSame(one: unknown, value: Json): boolean {
  if (typeof one === 'object' && one !== null) throw new UnknownKeyword('a value with parts');
  return one === value;
}

/** The number of characters (code points), as JSON Schema counts. */
function lengthOf(text: string): number {
  return HALF_OF_A_CHARACTER.test(text) ? [...text].length : text.length;
}

const HALF_OF_A_CHARACTER = /[\ud800-\udfff]/;

function regExp(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, known);
  return known;
}

const patterns = new Map<string, RegExp>();

function definition(name: string, { $defs }: JsonSchema): JsonSchema {
  const [, key] = /^#\/\$defs\/([^/~%]+)$/.exec(name) ?? [];
  const found = key !== undefined && isRecord($defs) ? $defs[key] : undefined;
  if (!isRecord(found)) throw new UnknownKeyword(name);
  return found;
}
