import { harmlessJson, withoutCommands, withoutControls } from '../outside/printable';
import type { SecretMask } from '../outside/secret-mask';
import type { Terminal } from './terminal';

/**
 * A terminal whose every text has passed the one door: no secret of this run, no control character but our own colors,
 * no line that a CI system takes for a command. What is already clean goes through as it is.
 */
export function behindDoor(terminal: Terminal, secrets: SecretMask): Terminal {
  return {
    ...terminal,
    out: (text) => terminal.out(shownText(text, secrets, terminal.colour)),
    err: (text) => terminal.err(shownText(text, secrets, terminal.live)),
  };
}

/** A document of JSON stays one, and says the same where nothing was secret. */
export function shownText(text: string, secrets: SecretMask, styled: boolean): string {
  const document = isJson(text) ? maskedJson(text, secrets) : undefined;
  if (document !== undefined) return harmlessJson(document);
  return withoutCommands(withoutControls(secrets.mask(text), styled));
}

function isJson(text: string): boolean {
  return text.startsWith('{') || text.startsWith('[');
}

function maskedJson(text: string, secrets: SecretMask): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!secrets.holds(text)) return text;
    const indent = /^[{[]\n(\s+)/.exec(text)?.[1] ?? '';
    return `${JSON.stringify(secrets.maskDeep(value), null, indent)}\n`;
  } catch {
    return undefined;
  }
}
