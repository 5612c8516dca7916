/** Makes it once, when it is first asked for. A rejection is forgotten: the next one may try again. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  const known = new Map<'', Promise<T>>();
  return () => oncePerKey(known, '', make);
}

/** Makes each once, however many ask at the same time. A rejection is forgotten: the next one may try again. */
export function oncePerKey<K, T>(known: Map<K, Promise<T>>, key: K, make: () => Promise<T>): Promise<T> {
  const existing = known.get(key);
  if (existing) return existing;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}
