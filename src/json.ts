import { compareText } from './compare-text';
/** Without `undefined`: an absent field is left out, see `compact`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** A map with any keys, also `__proto__`. */
export type JsonObject = { readonly [key: string]: Json };

/** The same bytes for the same value, in any order of keys: for hashes and comparisons. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => compareText(a, b)))
      : inner,
  );
}

/** A JSON map: neither null nor a list. */
export function isRecord(value: Json | undefined): value is JsonObject;
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>>;
export function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
