/** Time as go-swagger writes it; 0 is Go's zero time. */
export function wireTime(ms: number): string {
  return ms === 0 ? '0001-01-01T00:00:00.000Z' : new Date(ms).toISOString();
}

/**
 * Leaves out what go-swagger leaves out: empty strings, zeros, false and undefined. Nil slices stay and render `null`.
 * The caller adds fields that Harbor always shows.
 */
export function omitEmpty(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined && value !== '' && value !== 0 && value !== false),
  );
}

/** A time from a body. An invalid or missing time is Go's zero time. */
export function sentTime(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) || 0 : 0;
}
