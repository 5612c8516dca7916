import type { ErrorObject, ValidateFunction } from 'ajv';
import { isRecord } from '../json';

/**
 * Why a parsed JSON file does not match a schema, for its reader: `changes[3].action must be one of create, update`.
 * Undefined if it does. ajv is loaded here, when a file is read.
 */
export async function jsonFault(schema: object, value: unknown): Promise<string | undefined> {
  const validate = await compiledFor(schema);
  if (validate(value)) return undefined;
  const [error] = validate.errors ?? [];
  return error ? `${placeOf(error, value)} ${wordsFor(error)}` : 'it is not of the expected form';
}

/** By text: each use creates its schema again. A history has many reports with one schema. */
const compiled = new Map<string, ValidateFunction>();

async function compiledFor(schema: object): Promise<ValidateFunction> {
  const text = JSON.stringify(schema);
  const { JsonSchemaCompiler } = await import('./compiler.js');
  // Not strict: formats are for editors and are not checked here. Compiling takes longer than validating.
  const options = { strict: false, validateSchema: false, code: { optimize: false } } as const;
  const validate = compiled.get(text) ?? new JsonSchemaCompiler(options).compile(schema);
  compiled.set(text, validate);
  return validate;
}

/** `changes[3].fields[0].path`; for a missing or unknown key, the object that contains it. */
function placeOf({ instancePath }: ErrorObject, root: unknown): string {
  let place = '';
  let value = root;
  for (const step of instancePath.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    place += Array.isArray(value) ? `[${key}]` : `${place === '' ? '' : '.'}${key}`;
    value = isRecord(value as never) || Array.isArray(value) ? (value as Record<string, unknown>)[key] : undefined;
  }
  return place === '' ? 'it' : place;
}

function wordsFor({ keyword, params, message }: ErrorObject): string {
  const given = params as Readonly<Record<string, unknown>>;
  if (keyword === 'required') return `lacks ${String(given['missingProperty'])}`;
  if (keyword === 'additionalProperties') return `has the unknown key ${String(given['additionalProperty'])}`;
  if (keyword === 'const') return `must be ${JSON.stringify(given['allowedValue'])}`;
  if (keyword === 'enum')
    return `must be one of ${(given['allowedValues'] as readonly unknown[]).map(String).join(', ')}`;
  if (keyword === 'type') return `must be ${[given['type']].flat().map(typeWords).join(' or ')}`;
  return message ?? 'is not of the expected form';
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function typeWords(type: unknown): string {
  return TYPES[String(type)] ?? String(type);
}
