/** The last line that a program printed, which is usually the reason for a failure. Empty if it printed nothing. */
export function lastLine(text: string, longest = 300): string {
  return text.trim().split('\n').at(-1)?.slice(0, longest) ?? '';
}
