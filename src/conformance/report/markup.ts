/**
 * Characters that XML 1.0 and HTML cannot contain and a terminal should not get: control characters except tab and line
 * feed, lone surrogates, and two noncharacters.
 */
const UNWRITABLE = /[^\P{Cc}\t\n]|\p{Cs}|[\uFFFE\uFFFF]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escaped text for element content and quoted attributes, in XML and HTML, whatever a server returned. */
export function escapeMarkup(text: string): string {
  return writable(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** The text with control pictures instead of control characters. */
export function writable(text: string): string {
  return text.replace(UNWRITABLE, visible);
}

function visible(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\uFFFD';
}

/** Markup that can be inserted unchanged. Only `html` creates it. */
export class Markup {
  private constructor(readonly text: string) {}

  static trusted(text: string): Markup {
    return new Markup(text);
  }
}

/** What a hole of `html` accepts. `undefined` and `false` write nothing, so that `x && html` works. */
export type Fragment = Markup | string | number | undefined | false | readonly Fragment[];

/** A template whose holes are escaped, unless they are markup: escaping cannot be forgotten. */
export function html(strings: TemplateStringsArray, ...holes: readonly Fragment[]): Markup {
  return Markup.trusted(
    unindented(strings)
      .map((part, at) => part + render(holes[at]))
      .join(''),
  );
}

const UNINDENTED = new WeakMap<TemplateStringsArray, readonly string[]>();

/** The indentation of the source would be a third of a page with thousands of rows. */
function unindented(strings: TemplateStringsArray): readonly string[] {
  const known = UNINDENTED.get(strings);
  if (known) return known;
  const parts = strings.map((part) => part.replace(/\n\s*/g, '\n'));
  UNINDENTED.set(strings, parts);
  return parts;
}

function render(hole: Fragment): string {
  if (hole === undefined || hole === false) return '';
  if (hole instanceof Markup) return hole.text;
  return typeof hole === 'object' ? hole.map(render).join('') : escapeMarkup(String(hole));
}
