import type { LeftOut } from '../export';
import type { Json, JsonObject } from '../json';

/** What a reader could not go on without. */
export class MissingField extends Error {
  constructor(readonly field: string) {
    super(`${field} is not known`);
  }
}

/** The fields of one thing of another tool. Whatever nobody asked for is told at the end. */
export interface Fields {
  readonly address: string;
  text(key: string): string | undefined;
  /** @throws MissingField */
  needed(key: string): string;
  flag(key: string, fallback?: boolean): boolean | undefined;
  number(key: string, fallback?: number): number | undefined;
  texts(key: string): readonly string[] | undefined;
  /** The things in it: a list, one thing alone, or nothing. */
  things(key: string): readonly Fields[];
  /** As it stands, worked out where it is an expression. */
  raw(key: string): Json | undefined;
  /** As it stands, an expression too. */
  reference(key: string): Json | undefined;
  has(key: string): boolean;
  /** Known, and nothing that Harbor would be told. */
  skip(...keys: readonly string[]): void;
  drop(field: string, reason: string): void;
  /** What was dropped, and what nobody asked for although it says something. */
  left(): readonly LeftOut[];
}

/** Answers a literal for an expression that can be worked out, undefined for one that cannot. */
export type Evaluate = (expression: string) => Json | undefined;

const EXPRESSION = /\$\{|%\{/;

export function fieldsOf(address: string, values: JsonObject, evaluate: Evaluate = () => undefined): Fields {
  const asked = new Set<string>();
  const dropped: LeftOut[] = [];
  const below: Fields[] = [];
  const drop = (field: string, reason: string): void => void dropped.push({ address, field, reason });

  function raw(key: string): Json | undefined {
    asked.add(key);
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (typeof value !== 'string' || !EXPRESSION.test(value)) return value ?? undefined;
    const known = evaluate(value);
    if (known === undefined) drop(key, `${value} is known only when the other tool runs`);
    return known;
  }
  function text(key: string): string | undefined {
    const value = raw(key);
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : asText(value);
  }
  function things(key: string): readonly Fields[] {
    const made = listOf(raw(key)).map((value, i) =>
      fieldsOf(`${address} ${key}[${i}]`, isMap(value) ? value : {}, evaluate),
    );
    below.push(...made);
    return made;
  }
  return {
    address,
    raw,
    reference(key) {
      asked.add(key);
      return values[key];
    },
    text,
    drop,
    things,
    needed(key) {
      const value = text(key);
      if (value === undefined) throw new MissingField(key);
      return value;
    },
    flag: (key, fallback) => asFlag(raw(key)) ?? fallback,
    number: (key, fallback) => asNumber(raw(key)) ?? fallback,
    texts(key) {
      const value = raw(key);
      return value === undefined ? undefined : listOf(value).flatMap((item) => asText(item) ?? []);
    },
    has: (key) => Object.hasOwn(values, key) && says(values[key]),
    skip: (...keys) => keys.forEach((key) => asked.add(key)),
    left() {
      const unasked = Object.keys(values).filter((key) => !asked.has(key) && says(values[key]));
      const ignored = unasked.map((field) => ({ address, field, reason: 'it has no place in a policy' }));
      return [...dropped, ...ignored, ...below.flatMap((inner) => inner.left())];
    },
  };
}

/** Other tools write down every field that they know; these say nothing. */
function says(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === false) return false;
  return typeof value === 'object' ? Object.keys(value).length > 0 : true;
}

function asText(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function asFlag(value: Json | undefined): boolean | undefined {
  if (value === 'true' || value === 'false') return value === 'true';
  return typeof value === 'boolean' ? value : undefined;
}

function asNumber(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
