import { unprocessable } from '../errors';

/** A decoded body. Its fields have the types of the model, because `bindBody` has checked them. */
export type JsonObject = Record<string, unknown>;

/**
 * The type of a field as Harbor's Go models declare it. `{ list: x }` is a slice, `{ map: x }` a map with string keys,
 * `any` an interface{}.
 */
export type FieldType =
  | 'string'
  | 'int64'
  | 'bool'
  | 'any'
  | { readonly text: 'string'; readonly maxLength: number }
  | { readonly list: FieldType }
  | { readonly map: FieldType }
  | Model;

/** A body that the API accepts: its Go name appears in Harbor's own messages. */
export interface Model {
  readonly goName: string;
  readonly fields: Readonly<Record<string, FieldType>>;
}

/** @param goName as in Go's error messages: `models.NAME` */
export function model(goName: string, fields: Readonly<Record<string, FieldType>>): Model {
  return { goName, fields };
}

/**
 * Reads a request body as go-swagger does: unknown keys and nulls are dropped; a wrong type is 422 with the message of
 * Go's decoder, before any permission is checked.
 * @param name of the body parameter in Harbor's swagger
 * @throws HarborError 422
 * It has to be written here, and not by a JSON schema, because clients see Go's messages and Go's order of
 * checks.
 */
export function bindBody(name: string, body: Model | { readonly map: FieldType }, text: string): JsonObject {
  const fail = (reason: string): never => {
    throw unprocessable(`parsing ${name} body from "" failed, because ${reason}`);
  };
  const value = parse(text, fail);
  const bound = (bind(value, body, { root: 'goName' in body ? body.goName : '', path: [] }, fail) ?? {}) as JsonObject;
  checkLengths(bound, body);
  return bound;
}

interface Place {
  readonly root: string;
  readonly path: readonly string[];
}

type Fail = (reason: string) => never;

/**
 * With Go's words for the two mistakes that happen: a wrong first character, and a text that ends too early.
 */
function parse(text: string, fail: Fail): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const token = /Unexpected (?:token|non-whitespace character) '?(.)/.exec((error as Error).message)?.[1];
    return fail(token ? `invalid character '${token}' looking for beginning of value` : 'unexpected EOF');
  }
}

/** null is accepted for every type, as by Go's decoder, which leaves the zero value. */
function bind(value: unknown, type: FieldType, place: Place, fail: Fail): unknown {
  if (value === null || type === 'any') return value;
  if (typeof type === 'string') return bindScalar(value, type, place, fail);
  if ('text' in type) return bindScalar(value, type.text, place, fail);
  if ('list' in type) {
    if (!Array.isArray(value)) mismatch(value, type, place, fail);
    return (value as unknown[]).map((item) => bind(item, type.list, place, fail));
  }
  if (typeof value !== 'object' || Array.isArray(value)) mismatch(value, type, place, fail);
  return bindObject(value as JsonObject, type, place, fail);
}

/**
 * 1.5 for an int64 is an error with the number in its message. 1e3 is accepted here; Go would refuse the
 * notation.
 */
function bindScalar(value: unknown, type: 'string' | 'int64' | 'bool', place: Place, fail: Fail): unknown {
  const wanted = { string: 'string', int64: 'number', bool: 'boolean' }[type];
  if (typeof value !== wanted) mismatch(value, type, place, fail);
  if (type === 'int64' && !Number.isInteger(value)) mismatch(value, type, place, fail, ` ${String(value)}`);
  return value;
}

/** Unknown keys are dropped without an error. So is null, which a Go field cannot hold. */
function bindObject(
  value: JsonObject,
  type: Model | { readonly map: FieldType },
  place: Place,
  fail: Fail,
): JsonObject {
  const bound = Object.entries(value).flatMap(([key, item]) => {
    const field = 'map' in type ? type.map : type.fields[key];
    if (field === undefined || item === null) return [];
    return [[key, bind(item, field, { root: place.root, path: [...place.path, key] }, fail)] as const];
  });
  return Object.fromEntries(bound);
}

/** The sentence of Go's `json.UnmarshalTypeError`; clients and recordings see it. */
function mismatch(value: unknown, type: FieldType, place: Place, fail: Fail, detail = ''): never {
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const into =
    place.path.length === 0 || place.root === ''
      ? `Go value of type ${goType(type)}`
      : `Go struct field ${[place.root, ...place.path].join('.')} of type ${goType(type)}`;
  return fail(`json: cannot unmarshal ${found}${detail} into ${into}`);
}

/** How Go writes the type in `cannot unmarshal … into …`. */
function goType(type: FieldType): string {
  if (type === 'any') return 'interface {}';
  if (typeof type === 'string') return type;
  if ('text' in type) return 'string';
  if ('list' in type) return `[]${isModel(type.list) ? '*' : ''}${goType(type.list)}`;
  if ('map' in type) return `map[string]${goType(type.map)}`;
  return `models.${type.goName}`;
}

function isModel(type: FieldType): type is Model {
  return typeof type === 'object' && 'goName' in type;
}

/** The model's own rules come after parsing, and their message repeats the heading. */
function checkLengths(value: JsonObject, type: Model | { readonly map: FieldType }): void {
  if (!isModel(type)) return;
  for (const [key, field] of Object.entries(type.fields)) {
    const text = value[key];
    if (typeof field !== 'object' || !('text' in field) || typeof text !== 'string') continue;
    if (text.length > field.maxLength)
      throw unprocessable(`validation failure list:\n${key} in body should be at most ${field.maxLength} chars long`);
  }
}
