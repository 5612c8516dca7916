/** Allows `undefined` for optional fields, and for no others. */
type Loose<T> = T extends unknown
  ? { readonly [K in keyof T]: MayLack<T, K> extends true ? T[K] | undefined : T[K] }
  : never;
type MayLack<T, K extends keyof T> = string extends K ? true : Record<never, never> extends Pick<T, K> ? true : false;

/**
 * Removes undefined fields: the only idiom for optional fields. In a spec an absent field is unmanaged, and JSON has no
 * undefined.
 */
export function compact<T>(fields: NoInfer<Loose<T>>): T {
  return defined(fields) as T;
}

/** Only these keys, if they are set. */
export function pick<T extends object, K extends keyof T>(value: T, keys: readonly K[]): Pick<T, K> {
  const kept: Record<PropertyKey, unknown> = {};
  for (const key of keys) if (value[key] !== undefined) kept[key] = value[key];
  return kept as Pick<T, K>;
}

/**
 * Symbol keys are kept, too: `shape.ts` uses one to mark unreliable responses of Harbor. Nothing is deleted: V8 stores
 * an object after a deletion as a hash table, which takes three times the memory. A loop, because it runs for each object
 * of a plan several times.
 */
function defined(fields: unknown): object {
  const all = fields as Record<PropertyKey, unknown>;
  const kept: Record<PropertyKey, unknown> = {};
  // Two loops: `Reflect.ownKeys` takes twice as long for both.
  for (const key of Object.keys(all)) keep(kept, key, all[key]);
  for (const key of Object.getOwnPropertySymbols(all)) keep(kept, key, all[key]);
  return kept;
}

function keep(kept: Record<PropertyKey, unknown>, key: string | symbol, value: unknown): void {
  if (value === undefined) return;
  // An assignment would set the prototype.
  if (key === '__proto__')
    Object.defineProperty(kept, key, { value, enumerable: true, configurable: true, writable: true });
  else kept[key] = value;
}
