import type { ImageReference } from './reference';

/**
 * Creates references that can be kept. A substring keeps the whole text in memory, and a tree contains the same
 * registries and files again and again: every text is copied, each only once.
 */
export function createKeeper(): (reference: ImageReference) => ImageReference {
  const known = new Map<string, string>();
  const own = (text: string): string => {
    const kept = known.get(text);
    if (kept !== undefined) return kept;
    const copy = Buffer.from(text).toString();
    known.set(copy, copy);
    return copy;
  };
  return (reference) => {
    const copy = { ...reference } as Record<string, unknown>;
    for (const [key, value] of Object.entries(reference)) if (typeof value === 'string') copy[key] = own(value);
    return copy as unknown as ImageReference;
  };
}
