/**
 * Control characters (C0, DEL, C1), characters that reorder or hide text (bidi, zero width, BOM), line separators, lone
 * surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text that is safe for a terminal or a log: characters that could move the cursor, forge a line of a CI log, or hide or
 * reorder text become visible as `\u001b` (or `\u{e0001}`).
 */
export function escapeControls(text: string): string {
  return text.replaceAll(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
