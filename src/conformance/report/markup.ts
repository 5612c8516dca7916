/**
 * What neither XML 1.0 nor HTML can write, nor a terminal should be sent: control characters except tab and line
 * feed, lone surrogates, and two non-characters.
 */
const UNWRITABLE = /[^\P{Cc}\t\n]|\p{Cs}|[\uFFFE\uFFFF]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for element content and for quoted attributes, in XML and in HTML, whatever a server said. */
export function escapeMarkup(text: string): string {
  return writable(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** The text with control pictures in place of control characters. */
export function writable(text: string): string {
  return text.replace(UNWRITABLE, visible);
}

function visible(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\uFFFD';
}
