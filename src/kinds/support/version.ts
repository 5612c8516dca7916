/**
 * As far as both say: `2.15` stands for each of its patches. A version that is no number (`dev`) is before none.
 */
export function isBefore(version: string, since: string): boolean {
  const found = numbers(version);
  for (const [index, wanted] of numbers(since).entries()) {
    const difference = (found[index] ?? wanted) - wanted;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Of `v2.16.0-c50c7ddd`: 2, 16, 0. */
function numbers(version: string): number[] {
  const [, digits = ''] = /^v?(\d+(?:\.\d+)*)/.exec(version) ?? [];
  return digits === '' ? [] : digits.split('.').map(Number);
}
