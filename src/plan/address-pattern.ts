/**
 * Whether a pattern matches an address: the address itself, or with `*` for any characters, also slashes:
 * `robot/*` matches `robot/hub+puller`, `project/proxy.*` matches `project/proxy.quay.io`. No other character is special,
 * because dots and plus signs are common in addresses.
 */
export function matchesAddress(pattern: string, address: string): boolean {
  if (pattern === address) return true;
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined || !address.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = address.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return address.length - last.length >= from && address.endsWith(last);
}

/** Without `*` it names one address. */
export function isPattern(text: string): boolean {
  return text.includes('*');
}
