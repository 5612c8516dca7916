// C0 and C1 controls, line and paragraph separators, bidirectional overrides: they forge log lines and move cursors.
// eslint-disable-next-line no-control-regex -- finding control characters is what this is for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** A stranger's text as one line that is safe on a terminal and in a log: at most `maxLength` characters. */
export function printable(text: string, maxLength: number): string {
  const line = text.replace(UNPRINTABLE, ' ').trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}
