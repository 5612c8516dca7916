import { badRequest } from '../errors';

type Value = string | number | boolean | undefined;

/** Columns by which a list can be filtered and sorted; names as in Harbor's database. */
export type Columns<T> = Readonly<Record<string, (row: T) => Value | readonly Value[]>>;

type Test = (value: Value) => boolean;

/**
 * Harbor's `q`: comma-separated `k=v`, `k=~v` (contains), `k=[min~max]`, `k={a b}` (or), `k=(a b)` (and).
 * Unknown keys are ignored (src/lib/q/builder.go).
 * @throws HarborError 400
 *
 *     k=v             equal, as text             k={a b}, k=(a b)   one of them, for both
 *     k=~v            contains, ignoring case    k=[min~max]        both ends included, one may be missing
 *     k=\[v           a literal first character
 */
export function parseQ(q: string | null): ReadonlyMap<string, Test> {
  const tests = new Map<string, Test>();
  if (!q) return tests;
  for (const part of unescape(q).split(',')) {
    const equals = part.indexOf('=');
    if (equals <= 0 || equals === part.length - 1)
      throw badRequest('the query string must contain "=" and the key/value cannot be empty');
    tests.set(columnKey(part.slice(0, equals)), parsePattern(part.slice(equals + 1)));
  }
  return tests;
}

/** The value that `q` has for exactly this key, as written; the last one wins. */
export function valueOfKey(q: string | null, key: string): string | undefined {
  const part = parts(q).findLast((candidate) => candidate.startsWith(`${key}=`));
  return part?.slice(key.length + 1);
}

/** `q` without exactly this key, for handlers that set it themselves. */
export function withoutKey(q: string | null, key: string): string {
  const rest = parts(q).filter((part) => !part.startsWith(`${key}=`));
  return encodeURIComponent(rest.join(','));
}

function parts(q: string | null): string[] {
  return q ? unescape(q).split(',') : [];
}

/** The plain value that `q` requires for a key, for handlers whose behavior depends on it. */
export function exactQ(q: string | null, key: string): string | undefined {
  const part = unescape(q ?? '')
    .split(',')
    .find((candidate) => columnKey(candidate.slice(0, candidate.indexOf('='))) === columnKey(key));
  return part?.slice(part.indexOf('=') + 1);
}

/**
 * A key that is not a column is ignored, as in Harbor: a misspelt filter returns everything. All parts must
 * match; for a column with several values, one of them has to.
 */
export function filterRows<T>(rows: readonly T[], q: string | null, columns: Columns<T>): T[] {
  const tests = [...parseQ(q)].flatMap(([key, test]) => {
    const column = findColumn(columns, key);
    return column ? [{ column, test }] : [];
  });
  if (tests.length === 0) return [...rows];
  return rows.filter((row) => tests.every(({ column, test }) => list(column(row)).some(test)));
}

/** `sort=a,-b`. Unknown keys are ignored; without a known key, `fallback` sorts. Ties keep the order of creation. */
export function sortRows<T>(rows: readonly T[], sort: string | null, columns: Columns<T>, fallback?: string): T[] {
  const orders = (sort ?? '').split(',').flatMap((key) => {
    const column = findColumn(columns, columnKey(key.replace(/^-/, '')));
    return column ? [{ column, sign: key.startsWith('-') ? -1 : 1 }] : [];
  });
  if (orders.length === 0) return fallback === undefined ? [...rows] : sortRows(rows, fallback, columns);
  // Thousands of rows are compared ten times each: their values are read once.
  const keyed = rows.map((row) => ({ row, keys: orders.map(({ column }) => first(column(row))) }));
  keyed.sort((a, b) => {
    for (let i = 0; i < orders.length; i += 1) {
      const order = compare(a.keys[i], b.keys[i]);
      if (order !== 0) return orders[i]!.sign * order;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}

/** Harbor's fuzzy match is a case-insensitive `LIKE %x%`. */
export function contains(text: string, part: string | null): boolean {
  return part === null || text.toLowerCase().includes(part.toLowerCase());
}

/** `ProjectID` and `project_id` are the same key. */
function columnKey(key: string): string {
  return key.toLowerCase().replaceAll('_', '');
}

/** Undefined for a column that Harbor does not know. What happens then depends on where it was named. */
function findColumn<T>(columns: Columns<T>, key: string): Columns<T>[string] | undefined {
  const name = Object.keys(columns).find((candidate) => columnKey(candidate) === key);
  return name === undefined ? undefined : columns[name];
}

function list(value: Value | readonly Value[]): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [value as Value];
}

function first(value: Value | readonly Value[]): Value {
  return Array.isArray(value) ? (value as readonly Value[])[0] : (value as Value);
}

/** The value of `q` is unescaped one more time than other query parameters. */
function unescape(q: string): string {
  try {
    return decodeURIComponent(q.replaceAll('+', ' '));
  } catch {
    return q;
  }
}

/**
 * What a value of `q` can be:
 *
 *     text      equal
 *     ~text     contains
 *     [a~b]     between; either end may be absent
 *     {a b}     one of them
 *     (a b)     one of them, too: which of the two lists may be used is not checked here
 *     \text     equal, without a meaning of the first character
 */
function parsePattern(pattern: string): Test {
  const invalid = (): never => {
    throw badRequest(`invalid query string value: ${pattern}`);
  };
  switch (pattern.charAt(0)) {
    case '~': {
      if (pattern.length < 2) return invalid();
      const part = pattern.slice(1);
      return (value) => contains(String(value ?? ''), part);
    }
    case '[':
      return parseRange(pattern, invalid);
    case '{':
    case '(': {
      if (!pattern.endsWith(pattern[0] === '{' ? '}' : ')')) return invalid();
      const values = pattern.slice(1, -1).split(' ').filter(Boolean).map(unquote);
      return (value) => values.some((wanted) => equals(value, wanted));
    }
    default: {
      const wanted = pattern.replace(/^\\/, '');
      return (value) => equals(value, wanted);
    }
  }
}

/** A time without a zone is UTC, as in Harbor's database. */
function parseRange(pattern: string, invalid: () => never): Test {
  const ends = pattern.slice(1, -1).split('~');
  if (!pattern.endsWith(']') || ends.length !== 2) return invalid();
  const [min, max] = ends.map((end) => unquote(end.trim())) as [string, string];
  if (min === '' && max === '') return invalid();
  return (value) => (min === '' || compareAs(value, min) >= 0) && (max === '' || compareAs(value, max) <= 0);
}

function unquote(value: string): string {
  return value.replace(/^["']+|["']+$/g, '');
}

function equals(value: Value, wanted: string): boolean {
  return String(value ?? '') === wanted;
}

/** Times are compared as times, numbers as numbers, everything else as text. */
function compareAs(value: Value, bound: string): number {
  if (typeof value !== 'number') return compare(String(value ?? ''), bound);
  const number = Number(bound);
  return compare(value, Number.isNaN(number) ? Date.parse(`${bound}Z`) : number);
}

/** A missing value is smaller than any other. */
function compare(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  return a < b ? -1 : 1;
}
