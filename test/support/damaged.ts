/** One way to damage a JSON value: what was done, and the damaged copy. */
export interface Damaged {
  readonly what: string;
  readonly value: unknown;
}

const MAX_DEPTH = 6;
const OTHERS: readonly unknown[] = [null, 'x', Infinity, true, [null], { a: 1 }];

/** Every key left out, set to null, and given each other type: in the first item of each list. */
export function damaged(value: unknown, others: readonly unknown[] = OTHERS): Damaged[] {
  return placesIn(value, [], 0).flatMap((path) => {
    const old = valueAt(value, path);
    const different = others.filter((other) => typeOf(other) !== typeOf(old));
    const at = path.join('.');
    return [
      { what: `${at} left out`, value: changed(value, path, undefined) },
      ...different.map((other) => ({ what: `${at} = ${show(other)}`, value: changed(value, path, () => other) })),
    ];
  });
}

function placesIn(value: unknown, at: readonly string[], depth: number): string[][] {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? Object.keys(value.slice(0, 1)) : Object.keys(value);
  return keys.flatMap((key) => [
    ...(Array.isArray(value) && depth === 0 ? [] : [[...at, key]]),
    ...placesIn((value as Record<string, unknown>)[key], [...at, key], depth + 1),
  ]);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((inner, key) => (inner as Record<string, unknown>)[key], value);
}

function changed(value: unknown, path: readonly string[], make: (() => unknown) | undefined): unknown {
  const copy = structuredClone(value);
  const holder = valueAt(copy, path.slice(0, -1)) as Record<string, unknown>;
  const key = path.at(-1)!;
  if (make) holder[key] = make();
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  return copy;
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}

function show(value: unknown): string {
  return value === Infinity ? '1e400' : JSON.stringify(value);
}
