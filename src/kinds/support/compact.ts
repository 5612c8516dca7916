/** Leaves out what is undefined: in a spec an absent field is an unmanaged one, and JSON knows no undefined. */
export function compact<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** Only these keys, and only where they are set. */
export function pick<T extends object, K extends keyof T>(value: T, keys: readonly K[]): Pick<T, K> {
  return compact(Object.fromEntries(keys.map((key) => [key, value[key]]))) as Pick<T, K>;
}
