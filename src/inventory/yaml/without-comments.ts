/** JSON with comments as JSON of the same length: comments and trailing commas are blanks. */
export function withoutComments(text: string): string {
  return text
    .replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, (part) =>
      part.startsWith('"') ? part : part.replace(/[^\r\n]/g, ' '),
    )
    .replace(/"(?:[^"\\\n]|\\.)*"|,(?=\s{0,1000}[}\]])/g, (part) => (part.startsWith('"') ? part : ' '));
}
