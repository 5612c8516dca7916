import { escapeControls } from '../../escape-controls';
import { cut } from './printable';

/** A name, shown literally. */
export function code(text: string): string {
  const safe = escapeControls(cut(text, 300));
  const ticks = '`'.repeat(longestRun(safe) + 1);
  const space = safe.startsWith('`') || safe.endsWith('`') ? ' ' : '';
  return `${ticks}${space}${safe}${space}${ticks}`;
}

/** Of backticks: a code span around the text needs one more. */
export function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/**
 * Our words around names from others. Markdown syntax is shown literally; an empty comment prevents a forge from
 * turning `@name`, `#1` and `https:` into mentions and links, which it looks for after Markdown.
 */
export function prose(text: string): string {
  return escapeControls(cut(text, 2_000))
    .replace(/[\\`*_{}[\]<>|~!&]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/[@#](?=[\w-])|:(?=\/\/)/g, (character) => `${character}<!-- -->`)
    .replace(/&#<!-- -->(?=\d+;)/g, '&#');
}

/** For text inside HTML tags, which Markdown does not read. */
export function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
