import type { Finding } from '../../diagnostic';
import { isRecord, type Json, type JsonObject } from '../../json';
import { didYouMean } from '../../suggest';
import type { Options } from '../client';

/** `field` is the name of the option: the finding is placed at `clients.NAME.options.FIELD`. */
export interface OptionProblem extends Finding {
  readonly rule: 'unknown-option' | 'bad-option';
  readonly field: string;
}

/** Findings about the options of a client; `schemas` are its own, by name. */
export function optionProblems(schemas: JsonObject, options: Options): OptionProblem[] {
  return Object.entries(options).flatMap(([option, value]): OptionProblem[] => {
    const schema = schemas[option];
    const known = Object.keys(schemas);
    if (!isRecord(schema)) {
      const hint =
        didYouMean(option, known) ?? (known.length === 0 ? 'this client has no options' : `known: ${known.join(', ')}`);
      return [{ field: option, rule: 'unknown-option', message: 'not an option of this client', hint }];
    }
    const expected = mismatch(schema, value);
    return expected === undefined ? [] : [{ field: option, rule: 'bad-option', message: `must be ${expected}` }];
  });
}

/** A declared value wins, also an empty one. */
export function withDefaults(schemas: JsonObject, options: Options): Options {
  const defaults = Object.entries(schemas).flatMap(([name, schema]): [string, Json][] =>
    isRecord(schema) && schema['default'] !== undefined ? [[name, schema['default']]] : [],
  );
  return { ...Object.fromEntries(defaults), ...options };
}

/** The value of a text option; absent if there is neither a value nor a default. */
export function textOption({ options }: { readonly options: Options }, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * Like `textOption`, for an option with a default.
 * @throws TypeError if there is neither: a mistake in the client, not in the policies
 */
export function requiredText(input: { readonly options: Options }, name: string): string {
  const value = textOption(input, name);
  if (value === undefined) throw new TypeError(`option ${name} has no value and no default`);
  return value;
}

/** The value of a list option; empty if there is none. */
export function listOption({ options }: { readonly options: Options }, name: string): string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The expected value, if the value is not valid. Supports only the JSON Schema keywords that the options use. */
function mismatch(schema: JsonObject, value: Json): string | undefined {
  const { enum: allowed, type, pattern, items } = schema;
  if (Array.isArray(allowed))
    return allowed.includes(value) ? undefined : `one of ${allowed.map((one) => JSON.stringify(one)).join(', ')}`;
  if (type === 'array') {
    if (!Array.isArray(value)) return 'a list';
    const problem = isRecord(items) ? value.map((item) => mismatch(items, item as Json)).find(Boolean) : undefined;
    return problem === undefined ? undefined : `a list, each item ${problem}`;
  }
  if (typeof type === 'string' && typeOf(value) !== type) return `a ${type}`;
  if (typeof pattern === 'string' && typeof value === 'string' && !new RegExp(pattern).test(value))
    return `of the form ${pattern}`;
  return undefined;
}

function typeOf(value: Json): string {
  if (Number.isInteger(value)) return 'integer';
  return value === null ? 'null' : typeof value;
}
