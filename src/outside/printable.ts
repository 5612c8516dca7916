// C0 and C1 controls, line and paragraph separators, bidirectional marks and overrides: they forge log lines and move
// cursors.
// oxlint-disable-next-line no-control-regex -- finding control characters is what this is for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** The same characters without line feed and tab. Includes carriage returns. */
// oxlint-disable-next-line no-control-regex -- as above
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Escape sequences that only set a style. */
// oxlint-disable-next-line no-control-regex -- as above
const STYLE = /(\u001b\[\d{1,2}m)/;

/**
 * Text that is safe on one line of a terminal or a log: at most `maxLength` characters; a cut one ends with `…`. For
 * every received string before it becomes part of a message.
 */
export function printable(text: string, maxLength = Infinity): string {
  const line = text.replace(UNPRINTABLE, ' ').trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}

/**
 * Text of several lines without terminal control sequences. `styled` keeps colors: only for a terminal that shows them.
 */
export function withoutControls(text: string, styled = false): string {
  const plain = (part: string): string => part.replace(/\r\n/g, '\n').replace(CONTROLS, ' ');
  if (!styled || !text.includes('\u001b')) return plain(text);
  return text
    .split(STYLE)
    .map((part, i) => (i % 2 === 1 ? part : plain(part)))
    .join('');
}

/**
 * Text that no CI system executes as a command. GitHub reads `::` at the beginning of a line, also after spaces, and
 * `##[` anywhere; Azure reads `##vso[` and TeamCity `##teamcity[` anywhere.
 */
export function withoutCommands(text: string): string {
  if (!text.includes('::') && !text.includes('##')) return text;
  return text.replace(/^([^\S\n]*):(?=:)/gm, '$1: ').replace(/##(?=\w*\[)/g, '# #');
}

/** Equivalent JSON in which nothing can be a command or a control character. */
export function harmlessJson(json: string): string {
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return json.replace(CONTROLS, escaped).replace(/##(?=\w*\[)/g, '\\u0023#');
}
