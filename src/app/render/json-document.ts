/** One document for programs. `schemaVersion` rises where a reader would have to change. */
export function jsonDocument(content: object): string {
  return `${JSON.stringify({ schemaVersion: 1, ...content }, null, 2)}\n`;
}
