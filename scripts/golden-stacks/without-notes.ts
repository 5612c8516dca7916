/** Without cdktf's own notes (`//`), which name its version and differ from those of its fork. */
export function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (key === '//' ? [] : [[key, withoutNotes(inner)]])),
  );
}
