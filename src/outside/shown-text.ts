import { harmlessJson, withoutCommands, withoutControls } from './printable';
import type { SecretMask } from './secret-mask';

/** A JSON document stays one, and is unchanged if it contains no secret. */
export function shownText(text: string, secrets: SecretMask, styled: boolean): string {
  const document = isJson(text) ? maskedJson(text, secrets) : undefined;
  if (document !== undefined) return harmlessJson(document);
  return withoutCommands(withoutControls(secrets.mask(text), styled));
}

/** Only documents: a message that contains JSON is plain text. */
function isJson(text: string): boolean {
  return text.startsWith('{') || text.startsWith('[');
}

/**
 * A secret that contains a quote has another form inside of JSON, so the values are masked and not the text.
 */
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
