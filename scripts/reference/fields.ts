import { DURATION_PATTERN } from '../../src/duration';
import { isRecord } from '../../src/json';
import type { JsonSchema } from '../../src/kinds/kind';

/** One row of a page: a field that can be declared. */
export interface Field {
  /** Dotted, below the placement; `[]` is an item of a list, `*` a name of the user's. Empty for the value itself. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  /** As JSON. */
  readonly default?: string;
  readonly about: string;
}

/** Every field below a schema, parents first, in the order of the schema. */
export function fieldsOf(schema: JsonSchema): Field[] {
  return isRecord(schema['properties']) ? childrenOf(schema, '') : walk(schema, '', true);
}

function walk(schema: JsonSchema, path: string, required: boolean): Field[] {
  return [fieldOf(schema, path, required), ...(isSecret(schema) ? [] : childrenOf(schema, path))];
}

function childrenOf(schema: JsonSchema, path: string): Field[] {
  const { properties, items, additionalProperties } = schema;
  const required = (schema['required'] ?? []) as readonly string[];
  const named = Object.entries(isRecord(properties) ? properties : {}).flatMap(([name, child]) =>
    walk(child as JsonSchema, path === '' ? name : `${path}.${name}`, required.includes(name)),
  );
  return [
    ...named,
    ...(isRecord(items) ? childrenOf(items, `${path}[]`) : []),
    ...(isRecord(additionalProperties) ? childrenOf(additionalProperties, `${path}.*`) : []),
    ...alternativesOf(schema).flatMap((one) => childrenOf(one, path)),
  ];
}

function fieldOf(schema: JsonSchema, path: string, required: boolean): Field {
  return {
    path,
    type: typeOf(schema),
    required,
    ...(schema['default'] === undefined ? {} : { default: JSON.stringify(schema['default']) }),
    about: typeof schema['description'] === 'string' ? schema['description'] : '',
  };
}

/** In words: `integer, 1 to 10`, `list of string`, `one of "a", "b"`. */
function typeOf(schema: JsonSchema): string {
  const { enum: values, const: constant, items, additionalProperties } = schema;
  if (isSecret(schema)) return 'secret reference';
  if (Array.isArray(values)) return `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;
  if (constant !== undefined) return JSON.stringify(constant);
  if (schema['pattern'] === DURATION_PATTERN) return 'duration, such as 90s, 30m, 2h or 7d';
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 0) return alternatives.map(typeOf).join(' or ');
  const types = [schema['type'] ?? 'any value'].flat().map(String);
  return types.map((type) => nameOf(type, { items, additionalProperties }) + limitsOf(type, schema)).join(' or ');
}

function nameOf(type: string, { items, additionalProperties }: JsonSchema): string {
  if (type === 'array') return isRecord(items) ? `list of ${typeOf(items)}` : 'list';
  if (type !== 'object') return type;
  return isRecord(additionalProperties) ? `map of ${typeOf(additionalProperties)}` : 'object';
}

function limitsOf(type: string, { minimum, maximum, minLength, maxLength }: JsonSchema): string {
  if (type === 'integer' || type === 'number') return range(minimum, maximum, '');
  return type === 'string' ? range(minLength, maxLength, ' characters') : '';
}

function range(from: unknown, to: unknown, unit: string): string {
  if (typeof from === 'number' && typeof to === 'number') return `, ${from} to ${to}${unit}`;
  if (typeof to === 'number') return `, at most ${to}${unit}`;
  return typeof from === 'number' && unit === '' ? `, at least ${from}` : '';
}

function alternativesOf(schema: JsonSchema): JsonSchema[] {
  const list = [schema['oneOf'], schema['anyOf']].find(Array.isArray) ?? [];
  return (list as unknown[]).filter(isRecord);
}

function isSecret({ properties }: JsonSchema): boolean {
  return isRecord(properties) && Object.keys(properties).sort().join() === 'command,env,file';
}
