import { isRecord } from './json';
import { printable } from './outside/printable';

/**
 * The required shape of a response of Harbor's API. Its schema requires almost no field, and references may be
 * dangling: an absent or null field is Harbor's zero value, and a field of another type is a fault of that one object.
 * The result always has the declared types, so that no code can fail on a missing field; `faultsOf` says whether it is
 * reliable.
 * What each part says about a missing or a wrong value:
 *
 *                   absent or null     another type
 *     text, flag…   zero value         fault, zero value
 *     optional      undefined          fault
 *     unused        zero value         counts as absent
 *     needed        fault              fault
 *     key           fault, anonymous   fault, anonymous
 *     strict        as its shape       the whole response is unusable
 */
export interface Shape<T> {
  /** Faults found below `at` are added to `faults`. */
  read(value: unknown, at: string, faults: Fault[]): T;
  /** Without this field the object is unusable. */
  readonly needed?: boolean;
  /** Without this field the object cannot be identified. */
  readonly key?: boolean;
  /** A list, an object or a map: the type of the whole response. */
  readonly container?: 'list' | 'object';
  /** Any fault makes the whole answer unusable. */
  readonly strict?: boolean;
}

interface Fault {
  /** Dotted, below the object; empty for the object itself. */
  readonly path: string;
  readonly problem: string;
  /** The field is part of the object's name. */
  readonly key: boolean;
}

/** Why an object is not reliable. */
export interface Faults {
  /** One line, without values from the response: `ref.name is missing`. */
  readonly reason: string;
  /** Its name is affected. */
  readonly anonymous: boolean;
  /** The response for all objects of this project failed: nothing is known about any of them. */
  readonly project?: string;
  /** Its parent is deleted: no declared object can be meant. */
  readonly leftOver?: true;
}

/** A symbol, so that it is kept when a wire is spread but never becomes JSON. */
const FAULTS = Symbol('faults');
const MOST_FAULTS = 3;
/** Keys of maps in a response are foreign text. */
const LONGEST_PATH = 80;

/** The value in its shape, with its faults attached if it is an object. */
export function conform<T>(shape: Shape<T>, value: unknown): T {
  const faults: Fault[] = [];
  const result = shape.read(value, '', faults);
  return faults.length === 0 ? result : withFaults(result, summaryOf(faults));
}

/** A copy: the value itself stays reliable for other readers. */
export function withFaults<T>(value: T, faults: Faults): T {
  return Object.assign({}, value, { [FAULTS]: faults });
}

/** For the name of an unknown id: the object with this id could not be interpreted either. */
export function unknownReference(field: string): Faults {
  return { reason: `${field} refers to an object that could not be read`, anonymous: false };
}

/** Undefined: the value is as its shape requires, or was never compared with one. */
export function faultsOf(value: unknown): Faults | undefined {
  return typeof value === 'object' && value !== null ? (value as { [FAULTS]?: Faults })[FAULTS] : undefined;
}

function summaryOf(faults: readonly Fault[]): Faults {
  const shown = faults
    .slice(0, MOST_FAULTS)
    .map(({ path, problem }) => (path === '' ? `it ${problem}` : `${printable(path, LONGEST_PATH)} ${problem}`));
  const more = faults.length > MOST_FAULTS ? [`${faults.length - MOST_FAULTS} more`] : [];
  return { reason: [...shown, ...more].join(', '), anonymous: faults.some(({ key }) => key) };
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** A value of one JSON type, with the value for an absent one. */
function scalar<T>(zero: T, name: string, test: (value: unknown) => boolean): Shape<T> {
  return {
    read(value, at, faults) {
      if (isAbsent(value)) return zero;
      if (test(value)) return value as T;
      faults.push({ path: at, problem: `is ${typeName(value)}, not ${name}`, key: false });
      return zero;
    },
  };
}

/** Absent is ''. */
export const text = scalar('', 'text', (value) => typeof value === 'string');
/** Absent is false. */
export const flag = scalar(false, 'true or false', (value) => typeof value === 'boolean');
/** Absent is 0. JSON has no NaN, but 1e400 is read as Infinity: that is a fault. */
export const number = scalar(0, 'a number', (value) => typeof value === 'number' && Number.isFinite(value));
/** Refuses 1e400 and numbers that a double cannot represent: such an id would refer to another object. */
export const integer = scalar(0, 'a whole number', Number.isSafeInteger);

/** Absent stays absent, for fields in which that differs from zero. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return { read: (value, at, faults) => (isAbsent(value) ? undefined : shape.read(value, at, faults)) };
}

/** An informational field: a value of another type counts as absent. */
export function unused<T>(shape: Shape<T>): Shape<T> {
  return {
    read(value, at) {
      const faults: Fault[] = [];
      const result = shape.read(value, at, faults);
      return faults.length === 0 ? result : shape.read(undefined, at, []);
    },
  };
}

/** If it is missing or zero, the object is unusable: a number that is an id, a type. */
export function needed<T>(shape: Shape<T>): Shape<T> {
  return { ...shape, needed: true };
}

/** Part of the object's name. */
export function key<T>(shape: Shape<T>): Shape<T> {
  return { ...shape, needed: true, key: true };
}

/** For responses that prove something, such as an identity: half of one proves nothing. */
export function strict<T>(shape: Shape<T>): Shape<T> {
  return { ...shape, strict: true };
}

/** Absent is an empty list. An item that is null is a fault, because an item stands for an object. */
export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return {
    container: 'list',
    read(value, at, faults) {
      if (isAbsent(value)) return [];
      if (!Array.isArray(value)) return wrong(value, 'a list', at, faults, []);
      return value.map((one, i) => fieldOf(needed(item), one, `${at}[${i}]`, faults));
    },
  };
}

/** Keys are chosen by the user or by Harbor; an absent value is an absent key. */
export function mapOf<T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return {
    container: 'object',
    read(value, at, faults) {
      if (isAbsent(value)) return {};
      if (!isRecord(value)) return wrong(value, 'an object', at, faults, {});
      const present = Object.entries(value).filter(([, one]) => !isAbsent(one));
      return Object.fromEntries(present.map(([name, one]) => [name, item.read(one, below(at, name), faults)]));
    },
  };
}

/** Keys other than `fields` are kept. */
export function object<T extends object>(fields: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  return fieldsOf(fields, (given) => ({ ...given }));
}

/** Keys other than `fields` are dropped: for lists of thousands. */
export function only<T extends object>(fields: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  return fieldsOf(fields, () => ({}));
}

function fieldsOf<T extends object>(
  fields: { readonly [K in keyof T]-?: Shape<T[K]> },
  start: (given: Fields) => Record<string, unknown>,
): Shape<T> {
  const entries = Object.entries<Shape<unknown>>(fields);
  return {
    container: 'object',
    read(value, at, faults) {
      const given = isAbsent(value) ? {} : isRecord(value) ? value : wrong<Fields>(value, 'an object', at, faults, {});
      const result = start(given);
      for (const [name, shape] of entries) {
        const field = fieldOf(shape, given[name], below(at, name), faults);
        if (field !== undefined) result[name] = field;
        else if (name in result) delete result[name];
      }
      return result as T;
    },
  };
}

/** Text that contains JSON of this shape, as Harbor stores some fields. */
export function jsonText(shape: Shape<unknown>): Shape<string> {
  return {
    read(value, at, faults) {
      const found = text.read(value, at, faults);
      if (found === '') return found;
      const count = faults.length;
      const inner = parsed(found);
      if (inner === undefined) faults.push({ path: at, problem: 'is not JSON', key: false });
      else shape.read(inner, at, faults);
      return faults.length === count ? found : '';
    },
  };
}

/** The first shape that fits. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return {
    read(value, at, faults) {
      const found: Fault[] = [];
      const result = first.read(value, at, found);
      if (found.length === 0) return result;
      const others: Fault[] = [];
      const other = second.read(value, at, others);
      if (others.length === 0) return other;
      faults.push(...found);
      return result;
    },
  };
}

function fieldOf<T>(shape: Shape<T>, value: unknown, at: string, faults: Fault[]): T {
  const before = faults.length;
  const result = shape.read(value, at, faults);
  // Harbor's `omitempty` omits an id of 0 or an empty name.
  const isMissing = shape.needed === true && (isAbsent(value) || (shape.key === true && !result));
  if (isMissing && faults.length === before) faults.push({ path: at, problem: 'is missing', key: false });
  if (shape.key === true) for (let i = before; i < faults.length; i++) faults[i] = { ...faults[i]!, key: true };
  return result;
}

function wrong<T>(value: unknown, expected: string, at: string, faults: Fault[], instead: T): T {
  faults.push({ path: at, problem: `is ${typeName(value)}, not ${expected}`, key: at === '' });
  return instead;
}

/** In words, for messages. Never the value itself, which may be secret. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : 'a number that is too large';
  return typeof value === 'boolean' ? 'true or false' : 'text';
}

type Fields = Readonly<Record<string, unknown>>;

function below(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
