/** Without cdktf's notes (`//`), which contain its version and differ in its fork. */
export function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (key === '//' ? [] : [[key, withoutNotes(inner)]])),
  );
}
