/** The numbers of a release: 2, 15, 2 for `v2.15.2-7b1a9a4f`, because Harbor appends a commit; undefined for `dev`. */
function numbersOf(version: string): readonly number[] | undefined {
  return /^v?(\d+(?:\.\d+){0,2})/.exec(version)?.[1]?.split('.').map(Number);
}

/**
 * Compares only the parts that both have: `2.15` means each of its patches, and is not before `2.15.3`. A version that
 * is not a number (`dev`) is before none.
 */
export function isBefore(version: string, since: string): boolean {
  const [found, least] = [numbersOf(version), numbersOf(since)];
  if (found === undefined || least === undefined) return false;
  const at = found.findIndex((number, i) => number !== (least[i] ?? number));
  return at >= 0 && found[at]! < least[at]!;
}

/** For `sort`; a missing number counts as 0. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [numbersOf(a) ?? [], numbersOf(b) ?? []];
  const [first = 0] = [0, 1, 2].map((i) => (left[i] ?? 0) - (right[i] ?? 0)).filter((difference) => difference !== 0);
  return first;
}
