/** Controls (C0, DEL, C1), what reorders or hides text (bidi, zero width, BOM), line separators, lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text from a file, fit for a terminal or a log: whatever could move the cursor, forge a line of a CI log or
 * show something else than what is there becomes visible as `\u001b`.
 */
export function plainText(text: string): string {
  return text.replaceAll(UNSAFE, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
