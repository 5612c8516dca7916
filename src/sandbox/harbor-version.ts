/** Whether `v2.15.2` is this version (`2.15`, `2.15.1`) or a later one. */
export function isAtLeast(version: string, wanted: string): boolean {
  const found = numbers(version);
  for (const [index, number] of numbers(wanted).entries()) {
    const difference = (found[index] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbers(version: string): number[] {
  return version.replace(/^v/, '').split('.').map(Number);
}
