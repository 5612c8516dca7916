/** `undefined` may be given for what may be absent, and for nothing else. */
type Loose<T> = T extends unknown
  ? { readonly [K in keyof T]: MayLack<T, K> extends true ? T[K] | undefined : T[K] }
  : never;
type MayLack<T, K extends keyof T> = string extends K ? true : Record<never, never> extends Pick<T, K> ? true : false;

/**
 * Leaves out what is undefined: the one way to write a field that may be absent. In a spec an absent field is an
 * unmanaged one, and JSON knows no undefined.
 */
export function compact<T>(fields: NoInfer<Loose<T>>): T {
  return defined(fields) as T;
}

/** Only these keys, and only where they are set. */
export function pick<T extends object, K extends keyof T>(value: T, keys: readonly K[]): Pick<T, K> {
  return defined(Object.fromEntries(keys.map((key) => [key, value[key]]))) as Pick<T, K>;
}

/**
 * What is kept under a symbol stays, too: `shape.ts` marks answers of Harbor there that must not be believed. Nothing is
 * deleted: V8 keeps an object from which something was deleted as a hash table, which takes three times the memory.
 */
function defined(fields: unknown): object {
  const all = fields as Record<PropertyKey, unknown>;
  const keys = Reflect.ownKeys(all);
  if (keys.every((key) => all[key] !== undefined)) return { ...all };
  return Object.fromEntries(keys.flatMap((key) => (all[key] === undefined ? [] : [[key, all[key]]])) as never);
}
