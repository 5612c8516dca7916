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

/** Markup that may be put into a document as it stands. Only `html` makes it. */
export class Markup {
  private constructor(readonly text: string) {}

  static trusted(text: string): Markup {
    return new Markup(text);
  }
}

export type Fragment = Markup | string | number | undefined | false | readonly Fragment[];

/** A template whose holes are escaped, unless they hold markup themselves: forgetting to escape is not possible. */
export function html(strings: TemplateStringsArray, ...holes: readonly Fragment[]): Markup {
  return Markup.trusted(
    unindented(strings)
      .map((part, at) => part + render(holes[at]))
      .join(''),
  );
}

const UNINDENTED = new WeakMap<TemplateStringsArray, readonly string[]>();

/** The indentation of the source is no use to a reader, and a third of a page with thousands of rows. */
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
