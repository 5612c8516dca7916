/** Styles text, or returns it unchanged without color. */
export type Paint = (style: 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim', text: string) => string;

/** For files, pipes and tests. */
export const plain: Paint = (_style, text) => text;

const SGR = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1, dim: 2 } as const;

/** Color only adds to words and signs; without it the text is the same. */
export function paintFor(colour: boolean): Paint {
  return colour ? (style, text) => `\u001b[${SGR[style]}m${text}\u001b[0m` : plain;
}
