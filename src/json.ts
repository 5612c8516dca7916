/** Without `undefined`: an absent field is left out, see `compact`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** A map with any keys, also `__proto__`. */
export type JsonObject = { readonly [key: string]: Json };

/** The same bytes for the same value, in any order of keys: for hashes and comparisons. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(inKeyOrder(value));
}

/** A replacer for `JSON.stringify` takes twice as long, and each field of a plan is compared as text. */
function inKeyOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  if (Array.isArray(value)) return value.map(inKeyOrder);
  // Without a prototype `__proto__` is a key like any other.
  const sorted = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(value).sort()) sorted[key] = inKeyOrder((value as typeof sorted)[key]);
  return sorted;
}

/** A JSON map: neither null nor a list. */
export function isRecord(value: Json | undefined): value is JsonObject;
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>>;
export function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
