/** A TOML basic string. JSON escapes the same characters in the same way, except DEL. */
export function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

export function tomlList(items: readonly string[]): string {
  return `[${items.map(tomlString).join(', ')}]`;
}
