import { compact } from '../compact';
import type { LeftOut } from '../export';
import { isRecord, type Json, type JsonObject } from '../json';
import { lineOf } from './lines';

/** What a reader could not go on without. */
export class MissingField extends Error {
  constructor(
    readonly field: string,
    why = 'its value is not known',
  ) {
    super(`${field}: ${why}`);
  }
}

/**
 * The fields of one thing of another tool. A field that is there and not known (an expression, a value of another type)
 * is undefined and told at the end: it is never taken for its default. Unknown fields are reported as well.
 */
export interface Fields {
  readonly address: string;
  /** The same fields, but one that is there and not known is a MissingField: the thing would be another without it. */
  readonly certain: Fields;
  text(key: string, fallback?: string): string | undefined;
  /** @throws MissingField */
  needed(key: string): string;
  flag(key: string, fallback?: boolean): boolean | undefined;
  number(key: string, fallback?: number): number | undefined;
  texts(key: string): readonly string[] | undefined;
  /**
   * What restricts or makes up the thing (filters, permissions, rules): a list, one alone, or nothing. All of it has to
   * be known, and all of what is in it. @throws MissingField
   */
  things(key: string): readonly Fields[];
  /** Parts that the thing can do without. */
  parts(key: string): readonly Fields[];
  /** As it stands, worked out where it is an expression. */
  raw(key: string): Json | undefined;
  /** As it stands, an expression too. */
  reference(key: string): Json | undefined;
  /** Whether it says something, known or not. */
  has(key: string): boolean;
  /** Known, and nothing that Harbor would be told. */
  skip(...keys: readonly string[]): void;
  drop(field: string, reason: string): void;
  /** Line of a field in the file, or of the thing. */
  line(field?: string): number | undefined;
  /** Fields that were dropped, and fields that no reader used. */
  left(): readonly LeftOut[];
  /** As `left`, of `things`: without it the thing would be another one. */
  lost(): readonly LeftOut[];
}

/** Answers a literal for an expression that can be worked out, undefined for one that cannot. */
export type Evaluate = (expression: string) => Json | undefined;

const EXPRESSION = /\$\{|%\{/;
/** In Terraform's JSON syntax the blocks that are made by a loop stand below this key. */
const DYNAMIC = 'dynamic';
const LATER = 'known only when the other tool runs';

type Found = { readonly value?: Json } | { readonly unknown: string };

/** One thing, and what has become of its fields so far. */
interface Thing {
  readonly address: string;
  readonly values: JsonObject;
  readonly evaluate: Evaluate;
  /** Blocks that a loop makes. */
  readonly dynamic: ReadonlySet<string>;
  readonly asked: Set<string>;
  readonly dropped: LeftOut[];
  readonly things: Fields[];
  readonly parts: Fields[];
}

export function fieldsOf(address: string, values: JsonObject, evaluate: Evaluate = () => undefined): Fields {
  return fieldsOfThing(address, values, evaluate, false);
}

function fieldsOfThing(address: string, values: JsonObject, evaluate: Evaluate, isCertain: boolean): Fields {
  const dynamic = dynamicBlocks(values);
  const thing = { address, values, evaluate, dynamic, asked: new Set<string>(), dropped: [], things: [], parts: [] };
  return viewOf(thing, isCertain);
}

function viewOf(thing: Thing, isCertain: boolean): Fields {
  const { address, values, dynamic, asked, dropped } = thing;
  function unknown(key: string, why: string): undefined {
    if (isCertain) throw new MissingField(key, why);
    dropped.push(toldOf(thing, key, why));
  }
  function read<T>(key: string, as: (value: Json) => T | undefined, what: string, fallback?: T): T | undefined {
    const found = find(thing, key);
    if ('unknown' in found) return unknown(key, found.unknown);
    if (found.value === undefined || found.value === '') return fallback;
    return as(found.value) ?? unknown(key, `${JSON.stringify(found.value)} is not ${what}`);
  }
  const blocks = (key: string) => read(key, (value) => allMaps(listOf(value)), 'a block') ?? [];
  return {
    address,
    get certain() {
      return viewOf(thing, true);
    },
    raw: (key) => read(key, (value) => value, 'known'),
    text: (key, fallback) => read(key, asText, 'a text', fallback),
    needed(key) {
      const value = viewOf(thing, true).text(key);
      if (value === undefined) throw new MissingField(key);
      return value;
    },
    flag: (key, fallback) => read(key, asFlag, 'true or false', fallback),
    number: (key, fallback) => read(key, asNumber, 'a number', fallback),
    texts: (key) => read(key, (value) => allTexts(listOf(value)), 'a list of texts'),
    things: (key) => (isCertain ? below(thing, key, blocks(key), true) : viewOf(thing, true).things(key)),
    parts: (key) => below(thing, key, blocks(key), false),
    reference(key) {
      asked.add(key);
      return values[key];
    },
    has: (key) => dynamic.has(key) || (Object.hasOwn(values, key) && says(values[key])),
    skip: (...keys) => keys.forEach((key) => asked.add(key)),
    drop: (field, reason) => void dropped.push(toldOf(thing, field, reason)),
    line: (field) => lineOf(values, field),
    left: () => leftOf(thing),
    lost: () => thing.things.flatMap((inner) => inner.left()),
  };
}

function find({ values, asked, dynamic, evaluate }: Thing, key: string): Found {
  asked.add(key);
  if (dynamic.has(key)) return { unknown: `its blocks are ${LATER}` };
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  return value === undefined || value === null ? {} : workedOut(value, evaluate);
}

function below(thing: Thing, key: string, blocks: readonly JsonObject[], isThing: boolean): readonly Fields[] {
  const made = blocks.map((values, i) =>
    fieldsOfThing(`${thing.address} ${key}[${i}]`, values, thing.evaluate, isThing),
  );
  (isThing ? thing.things : thing.parts).push(...made);
  return made;
}

function toldOf({ address, values }: Thing, field: string, reason: string): LeftOut {
  return compact<LeftOut>({ address, field, reason, line: lineOf(values, field) });
}

function leftOf(thing: Thing): LeftOut[] {
  const { values, dynamic, asked, dropped, things, parts } = thing;
  const all = [...Object.keys(values).filter((key) => key !== DYNAMIC && says(values[key])), ...dynamic];
  const ignored = all.filter((key) => !asked.has(key));
  return [
    ...dropped,
    ...ignored.map((field) => toldOf(thing, field, 'it cannot be declared')),
    ...[...things, ...parts].flatMap((inner) => inner.left()),
  ];
}

function dynamicBlocks(values: JsonObject): ReadonlySet<string> {
  const blocks = Object.hasOwn(values, DYNAMIC) ? listOf(values[DYNAMIC]) : [];
  return new Set(blocks.filter((one) => isRecord(one)).flatMap((block) => Object.keys(block)));
}

/** Expressions in a text or in a list of texts; what is deeper is worked out by anyone who reads it. */
function workedOut(value: Json, evaluate: Evaluate): Found {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => workedOut(item, evaluate));
    const unknown = items.find((item) => 'unknown' in item);
    return unknown ?? { value: items.flatMap((item) => ('value' in item ? [item.value] : [])) };
  }
  if (typeof value !== 'string' || !EXPRESSION.test(value)) return { value };
  const known = evaluate(value);
  return known === undefined ? { unknown: `${value} is ${LATER}` } : { value: known };
}

/** Other tools write down every field that they know; these say nothing. */
function says(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === false) return false;
  return typeof value === 'object' ? Object.keys(value).length > 0 : true;
}

function asText(value: Json): string | undefined {
  return typeof value === 'object' ? undefined : String(value);
}

function asFlag(value: Json): boolean | undefined {
  if (value === 'true' || value === 'false') return value === 'true';
  return typeof value === 'boolean' ? value : undefined;
}

function asNumber(value: Json): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function allTexts(values: readonly Json[]): readonly string[] | undefined {
  const texts = values.map(asText);
  return texts.every((text) => text !== undefined) ? texts.filter((text) => text !== '') : undefined;
}

function allMaps(values: readonly Json[]): readonly JsonObject[] | undefined {
  return values.every((value) => isRecord(value)) ? values : undefined;
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}
