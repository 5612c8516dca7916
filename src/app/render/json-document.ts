/** One document for programs. `schemaVersion` increases when a reader would have to change. */
export function jsonDocument(content: object): string {
  return `${JSON.stringify({ schemaVersion: 1, ...content }, null, 2)}\n`;
}
