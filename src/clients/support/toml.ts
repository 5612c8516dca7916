/** A TOML basic string. JSON escapes the same characters in the same way, except DEL. */
export function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

/** An array on one line; empty for no items. */
export function tomlList(items: readonly string[]): string {
  return `[${items.map(tomlString).join(', ')}]`;
}
