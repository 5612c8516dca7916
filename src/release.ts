/** The numbers of a release: 2, 15, 2 of `v2.15.2-7b1a9a4f`, for what Harbor appends is a commit; undefined of `dev`. */
function numbersOf(version: string): readonly number[] | undefined {
  return /^v?(\d+(?:\.\d+){0,2})/.exec(version)?.[1]?.split('.').map(Number);
}

/**
 * As far as both say: `2.15` stands for each of its patches, and is not before `2.15.3`. A version that is no number
 * (`dev`) is before none.
 */
export function isBefore(version: string, since: string): boolean {
  const [found, least] = [numbersOf(version), numbersOf(since)];
  if (found === undefined || least === undefined) return false;
  const at = found.findIndex((number, i) => number !== (least[i] ?? number));
  return at >= 0 && found[at]! < least[at]!;
}

/** For `sort`; a number that is not said is 0. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [numbersOf(a) ?? [], numbersOf(b) ?? []];
  const [first = 0] = [0, 1, 2].map((i) => (left[i] ?? 0) - (right[i] ?? 0)).filter((difference) => difference !== 0);
  return first;
}
