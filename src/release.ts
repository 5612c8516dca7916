import { coerce, compare, intersects } from 'semver';

/** The numbers of a release: `2.15.2` of `v2.15.2-7b1a9a4f`, for what Harbor appends is a commit; undefined of `dev`. */
function numbersOf(version: string): string | undefined {
  return /^v?(\d+(?:\.\d+){0,2})/.exec(version)?.[1];
}

/**
 * As far as both say: `2.15` stands for each of its patches, and is not before `2.15.3`. A version that is no number
 * (`dev`) is before none.
 */
export function isBefore(version: string, since: string): boolean {
  const [found, least] = [numbersOf(version), numbersOf(since)];
  return found !== undefined && least !== undefined && !intersects(found, `>=${least}`);
}

/** For `sort`; a number that is not said is 0. */
export function compareReleases(a: string, b: string): number {
  return compare(coerce(numbersOf(a)) ?? '0.0.0', coerce(numbersOf(b)) ?? '0.0.0');
}
