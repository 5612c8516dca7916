/**
 * Control characters (C0, DEL, C1), characters that reorder or hide text (bidi, zero width, BOM), line separators, lone
 * surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text from a file that is safe for a terminal or a log: characters that could move the cursor, forge a line of a CI
 * log or hide text become visible as `\u001b`.
 */
export function plainText(text: string): string {
  return text.replaceAll(UNSAFE, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
