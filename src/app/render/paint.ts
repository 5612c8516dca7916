/** Wraps words in a style, or leaves them as they are: where there is no colour the text is the same. */
export type Paint = (style: 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim', text: string) => string;

export const plain: Paint = (_style, text) => text;
