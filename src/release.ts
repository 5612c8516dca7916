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

/** `2.15.2` or `2.15` from a version string of a person or of Harbor; undefined for a build such as `dev`. */
export function releaseIn(version: string): string | undefined {
  const [, release] = /^v?(\d+\.\d+(?:\.\d+)?)(?:[-+].*)?$/.exec(version) ?? [];
  return release;
}

/** No release has had that many patches. */
const MOST_PATCHES = 100;

/** The release itself, or every patch of a line such as `2.15`. */
export function patchesOf(release: string): readonly string[] {
  if (release.split('.').length === 3) return [release];
  return Array.from({ length: MOST_PATCHES }, (_, patch) => `${release}.${patch}`);
}

/** @param range as npm writes it, of whole releases: `<2.13.5 || >=2.14.0 <2.14.3` */
export function isInRange(release: string, range: string): boolean {
  return range.split('||').some((part) =>
    part
      .trim()
      .split(/\s+/)
      .every((limit) => isWithin(release, limit)),
  );
}

function isWithin(release: string, limit: string): boolean {
  const [, sign = '', other] = /^(<=|>=|<|>|)(\d+\.\d+\.\d+)$/.exec(limit) ?? [];
  if (other === undefined) throw new RangeError(`"${limit}" is not a limit such as >=2.14.0`);
  const difference = compareReleases(release, other);
  if (difference === 0) return sign !== '<' && sign !== '>';
  return sign.startsWith(difference < 0 ? '<' : '>');
}
