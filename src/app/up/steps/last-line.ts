/** The last line that a program printed: the reason, where it failed. Empty where it printed nothing. */
export function lastLine(text: string, longest = 300): string {
  return text.trim().split('\n').at(-1)?.slice(0, longest) ?? '';
}
