/** Path of a project below `/api/v2.0`; the client sends a header that says that the segment is a name. */
export function projectPath(name: string): string {
  return `/projects/${encodeURIComponent(name)}`;
}
