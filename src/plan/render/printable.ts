import { escapeControls } from '../../escape-controls';
import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../json';
import { describeSecretReference, isSecretReference } from '../../secret-reference';

/** Maximum length of a value on one line, in characters; a longer part of a certificate adds nothing. */
const MAX_VALUE_LENGTH = 160;

/** A value on one safe line. A secret is its reference; a long value is cut, with a hash to distinguish two of them. */
export function printableJson(value: Json | undefined, longest = MAX_VALUE_LENGTH): string {
  if (value === undefined) return '(none)';
  if (isSecretReference(value)) return `(secret: ${escapeControls(describeSecretReference(value))})`;
  const named = withSecretsNamed(value);
  const text = escapeControls(Array.isArray(named) ? listText(named as readonly Json[]) : canonicalJson(named));
  if (text.length <= longest) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return `${cut(text, longest - 40)}… (${text.length} characters, sha256 ${hash})`;
}

/** References at any depth are included. */
function withSecretsNamed(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isSecretReference(value)) return `secret: ${describeSecretReference(value)}`;
  if (Array.isArray(value)) return (value as readonly Json[]).map(withSecretsNamed);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withSecretsNamed(inner)]));
}

function listText(items: readonly Json[]): string {
  return `[${items.map((item) => canonicalJson(item)).join(', ')}]`;
}

/** Never in the middle of a character. */
export function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
