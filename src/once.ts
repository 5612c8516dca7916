/** Computes it once, on first use. After a rejection the next caller tries again. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  const known = new Map<'', Promise<T>>();
  return () => oncePerKey(known, '', make);
}

/** Computes each once, even for simultaneous callers. After a rejection the next caller tries again. */
export function oncePerKey<K, T>(known: Map<K, Promise<T>>, key: K, make: () => Promise<T>): Promise<T> {
  const existing = known.get(key);
  if (existing) return existing;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}
