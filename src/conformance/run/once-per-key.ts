/** Makes it once, however many ask at the same time. A rejection is forgotten: the next one may try again. */
export function oncePerKey<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const existing = known.get(key);
  if (existing) return existing;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}
