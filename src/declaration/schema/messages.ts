import { compact } from '../../compact';
import type { Finding } from '../../diagnostic';
import { DURATION_HINT, DURATION_PATTERN } from '../../duration';
import { isRecord } from '../../json';
import type { ErrorObject } from 'ajv';
import type { JsonSchema } from '../../kinds/kind';
import { SECRET_DEFINITION } from '../sections/parts';
import { didYouMean } from '../../suggest';
import { keyCalled } from './other-names';

/** What must be known about the whole schema to phrase one error. */
export interface SchemaFacts {
  /** For every key the places where it is allowed: `registry` → `projects.*`. */
  readonly places: ReadonlyMap<string, readonly string[]>;
  /** The schema of a secret reference. */
  readonly secret: object;
  /** The reference and everything inside it. */
  readonly secretParts: ReadonlySet<unknown>;
}

/** One finding without its place in a file. */
export interface SchemaMessage extends Omit<Finding, 'severity' | 'field'> {
  /** `key`: a key below the value that the error is about. */
  readonly at: { readonly point: 'key' | 'value'; readonly key?: string };
}

/**
 * An ajv error in plain words. A value is repeated only if it cannot be a secret.
 *
 *       keyword                    rule                         points at
 *       in a secret reference      literal-secret, unknown-key, the value or the key, never repeated
 *                                  bad-value
 *       propertyNames              bad-name                     the key
 *       additionalProperties       unknown-key                  the key; hint: a similar key, or its place
 *       required                   missing-key                  the key of the map
 *       type                       wrong-type                   the value; bad-format for a duration
 *       enum, const                not-one-of                   the value
 *       pattern                    bad-format                   the value
 *       oneOf, anyOf               bad-value                    the key
 *       all bounds                 out-of-range                 the value
 */
export function describeSchemaError(error: ErrorObject, facts: SchemaFacts): SchemaMessage {
  if (facts.secretParts.has(error.parentSchema)) return secretMessage(error, facts);
  if (error.propertyName !== undefined) return badName(error, error.propertyName);
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownKey(error, facts);
    case 'required':
    case 'dependentRequired':
      return missingKey(error);
    case 'type':
      return isDuration(error) && typeof error.data === 'number' ? wrongDuration(error) : wrongType(error);
    case 'enum':
    case 'const':
      return notOneOf(error);
    case 'pattern':
      if (isDuration(error)) return wrongDuration(error);
      return { rule: 'bad-format', message: `${quote(error.data)} ${expectation(error)}`, at: { point: 'value' } };
    case 'oneOf':
    case 'anyOf':
      return { rule: 'bad-value', message: alternativesMessage(error), at: { point: 'key' } };
    default:
      return outOfRange(error);
  }
}

const isDuration = ({ parentSchema }: ErrorObject): boolean => parentSchema?.['pattern'] === DURATION_PATTERN;

/** One message for all durations; also for `30`, which YAML reads as a number, and quotes would not help. */
function wrongDuration({ data }: ErrorObject): SchemaMessage {
  const message = `${quote(data)} is not a duration`;
  return { rule: 'bad-format', message, hint: DURATION_HINT, at: { point: 'value' } };
}

/** The key itself is wrong: a name that is empty, too long or not of the required form. */
function badName(error: ErrorObject, name: string): SchemaMessage {
  const at = { point: 'key', key: name } as const;
  if (error.keyword === 'enum') return { ...notOneOf({ ...error, data: name }), rule: 'bad-name', at };
  const message =
    error.keyword === 'pattern' ? `${quote(name)} ${expectation(error)}` : `the name ${boundMessage(error)}`;
  return { rule: 'bad-name', message, at };
}

/** Never contains what was written: it may be the secret itself. */
const SECRET_HINT = 'write { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }';

function secretMessage(error: ErrorObject, { secret }: SchemaFacts): SchemaMessage {
  const { keyword, data } = error;
  const isReference = error.parentSchema === secret;
  if (keyword === 'additionalProperties') {
    const at = { point: 'key', key: String(error.params['additionalProperty']) } as const;
    return { rule: 'unknown-key', message: 'not a key of a secret reference', hint: SECRET_HINT, at };
  }
  if (keyword === 'pattern') {
    // A user who expects the value under `env` may have written a secret here.
    const message = 'not the name of an environment variable';
    return {
      rule: 'literal-secret',
      message,
      hint: 'env takes the NAME of a variable, never the value',
      at: { point: 'value' },
    };
  }
  if (keyword === 'type' && isReference && data !== null) {
    const message = 'write a reference to the secret (env, file or command), not the secret itself';
    return { rule: 'literal-secret', message, hint: SECRET_HINT, at: { point: 'value' } };
  }
  if (!isReference) return keyword === 'type' ? wrongType(error) : outOfRange(error);
  const message = 'a secret reference must have exactly one of env, file and command';
  return { rule: 'bad-value', message, hint: SECRET_HINT, at: { point: 'value' } };
}

/** The best hint that there is: the name in another tool, a similar key, the place where it belongs, the known keys. */
function unknownKey(error: ErrorObject, facts: SchemaFacts): SchemaMessage {
  const key = String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty']);
  const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
  const called = keyCalled(key, known);
  const hint = called ? `write "${called}"` : (didYouMean(key, known) ?? elsewhere(key, facts) ?? knownKeys(known));
  return compact({
    rule: 'unknown-key',
    message: 'unknown key',
    hint,
    at: { point: 'key', key },
  });
}

/** Three places at most: a key such as `description` is allowed in many. */
function elsewhere(key: string, facts: SchemaFacts): string | undefined {
  const places = facts.places.get(key)?.slice(0, 3);
  return (
    places && `"${key}" belongs ${places.map((place) => (place === '' ? 'at the top' : `to ${place}`)).join(' or ')}`
  );
}

function knownKeys(known: readonly string[]): string | undefined {
  return known.length > 0 && known.length <= 12 ? `known keys: ${known.join(', ')}` : undefined;
}

function missingKey({ params }: ErrorObject): SchemaMessage {
  const property = String(params['missingProperty']);
  const because = typeof params['property'] === 'string' ? `: "${params['property']}" needs it` : '';
  return { rule: 'missing-key', message: `"${property}" is missing${because}`, at: { point: 'key' } };
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
  null: 'nothing',
};

function wrongType({ params, data }: ErrorObject): SchemaMessage {
  const types = ([] as string[]).concat(params['type'] as string | string[]);
  const wanted = types.map((type) => TYPE_WORDS[type] ?? type).join(' or ');
  const hint = typeHint(types, data);
  const message = `must be ${wanted}, not ${typeOfValue(data)}`;
  return compact({ rule: 'wrong-type', message, hint, at: { point: 'value' } });
}

/** For the mistakes that YAML invites: words that were booleans in YAML 1.1, and unquoted versions such as 2.10. */
function typeHint(types: readonly string[], data: unknown): string | undefined {
  if (data === null) return 'remove the key to leave the field undeclared';
  if (types.includes('boolean') && typeof data === 'string' && /^(?:y|yes|on|n|no|off|true|false)$/i.test(data)) {
    return 'YAML 1.2 knows true and false only; yes, no, on, off and quoted words are text';
  }
  if (types.includes('string') && (typeof data === 'number' || typeof data === 'boolean')) return 'put it in quotes';
  if (types.includes('array')) return 'start each item with "- ", or write [item, item]';
  return undefined;
}

function typeOfValue(data: unknown): string {
  if (data === null) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'string') return 'text';
  return typeof data === 'object' ? 'a map' : typeof data === 'number' ? 'a number' : 'true or false';
}

/** A longer list hides the message, for example the fields of `configuration`. */
const MOST_NAMED = 40;

function notOneOf({ keyword, params, data }: ErrorObject): SchemaMessage {
  const allowed = (keyword === 'const' ? [params['allowedValue']] : params['allowedValues']) as readonly unknown[];
  // A map or a list is never similar to a word, and need not have a text form.
  const isWord = typeof data === 'string' || typeof data === 'number' || typeof data === 'boolean';
  const hint = isWord ? didYouMean(String(data), allowed.map(String)) : undefined;
  const names =
    allowed.length > MOST_NAMED ? `the ${allowed.length} names that are possible here` : allowed.map(String).join(', ');
  const message = `${quote(data)} is not ${allowed.length === 1 ? '' : 'one of '}${names}`;
  return compact({ rule: 'not-one-of', message, hint, at: { point: 'value' } });
}

/** The title of a pattern says what it matches; a kind says it in the description. Otherwise the pattern itself is shown. */
function expectation({ parentSchema, params }: ErrorObject): string {
  const { title, description } = parentSchema ?? {};
  if (typeof title === 'string') return `is not ${title}`;
  return typeof description === 'string'
    ? `has the wrong form; expected: ${description}`
    : `does not match ${String(params['pattern'])}`;
}

/** If each branch differs only by its required keys, these are named; otherwise the titles or types of the branches. */
function alternativesMessage({ schema, data }: ErrorObject): string {
  const branches = (Array.isArray(schema) ? schema : []) as JsonSchema[];
  const required = branches.map((branch) => branch['required']).filter(Array.isArray);
  if (required.length === branches.length && typeof data === 'object') {
    return `must have exactly one of ${required.map((names) => names.join(' with ')).join(', ')}`;
  }
  const words = branches.map(
    (branch) => branch['title'] ?? branch['description'] ?? TYPE_WORDS[String(branch['type'])],
  );
  return words.every((word) => typeof word === 'string')
    ? `must be one of: ${words.join('; ')}`
    : 'matches none of the allowed forms';
}

/** By keyword of JSON Schema. One without an entry is shown in the words of ajv. */
const BOUND_WORDS: Readonly<Record<string, (limit: unknown) => string>> = {
  minimum: (limit) => `must be at least ${String(limit)}`,
  maximum: (limit) => `must be at most ${String(limit)}`,
  exclusiveMinimum: (limit) => `must be more than ${String(limit)}`,
  exclusiveMaximum: (limit) => `must be less than ${String(limit)}`,
  multipleOf: (limit) => `must be a multiple of ${String(limit)}`,
  minLength: (limit) => (limit === 1 ? 'must not be empty' : `must have at least ${String(limit)} characters`),
  maxLength: (limit) => `must have at most ${String(limit)} characters`,
  minItems: (limit) => (limit === 1 ? 'must not be empty' : `must have at least ${String(limit)} items`),
  maxItems: (limit) => `must have at most ${String(limit)} items`,
  minProperties: (limit) => (limit === 1 ? 'must not be empty' : `must have at least ${String(limit)} keys`),
  maxProperties: (limit) => `must have at most ${limit === 1 ? 'one key' : `${String(limit)} keys`}`,
};

function outOfRange(error: ErrorObject): SchemaMessage {
  const { keyword, parentSchema } = error;
  const description: unknown = parentSchema?.['description'];
  // The number of keys does not say which ones: the description does.
  const hint = keyword.endsWith('Properties') && typeof description === 'string' ? { hint: description } : {};
  return { rule: 'out-of-range', message: boundMessage(error), ...hint, at: { point: 'value' } };
}

function boundMessage({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'uniqueItems') return 'contains duplicate items';
  return BOUND_WORDS[keyword]?.(params['limit'] ?? params['multipleOf']) ?? message ?? 'is not allowed';
}

function quote(data: unknown): string {
  const text = typeof data === 'string' ? `"${data}"` : (JSON.stringify(data) ?? String(data));
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** For an assembled schema. */
export function factsOf(schema: JsonSchema): SchemaFacts {
  const places = new Map<string, string[]>();
  collectKeys(schema, '', places);
  const definitions = schema['$defs'] as Record<string, JsonSchema> | undefined;
  const secret = definitions?.[SECRET_DEFINITION] ?? {};
  const secretParts = new Set<unknown>();
  collectParts(secret, secretParts);
  return { places, secret, secretParts };
}

function collectParts(part: unknown, parts: Set<unknown>): void {
  if (!isRecord(part)) return;
  parts.add(part);
  for (const inner of Object.values(part)) collectParts(inner, parts);
}

/** Sections that name keys and kinds of other places: a hint names only where they belong. */
const NAMES_AGAIN = /^(?:defaults|rules\.(?:names|required|ceilings))/;

/** `*` stands for a name, `[]` for an item of a list. */
function collectKeys(schema: unknown, place: string, index: Map<string, string[]>): void {
  if (!isRecord(schema)) return;
  const { properties, additionalProperties, items } = schema;
  for (const [key, inner] of Object.entries(isRecord(properties) ? properties : {})) {
    if (!NAMES_AGAIN.test(place)) index.set(key, [...(index.get(key) ?? []), place]);
    collectKeys(inner, place === '' ? key : `${place}.${key}`, index);
  }
  collectKeys(additionalProperties, `${place}.*`, index);
  collectKeys(items, `${place}[]`, index);
}
