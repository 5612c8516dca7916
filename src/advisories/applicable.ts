import coerce from 'semver/functions/coerce';
import satisfies from 'semver/functions/satisfies';
import intersects from 'semver/ranges/intersects';
import subset from 'semver/ranges/subset';
import type { Advisory, DeclaredPart } from './advisory';
import { ADVISORIES } from './list';

/** An advisory that applies to a declaration on a release. */
export interface Applicable {
  readonly advisory: Advisory;
  /** The affected declared objects; empty if it affects everything. */
  readonly parts: readonly DeclaredPart[];
  /** False if the release was given without its patch, and only some of its patches are affected. */
  readonly certain: boolean;
}

/**
 * Known faults of a release that apply to a declaration, the most severe first.
 * @param version `v2.15.2`, also with a build suffix; `2.15` means each of its patches; nothing is known about any
 * other text
 */
export function applicable(
  version: string,
  parts: readonly DeclaredPart[],
  advisories: readonly Advisory[] = ADVISORIES,
): Applicable[] {
  return advisories
    .flatMap((advisory) => {
      const affected = isAffected(version, advisory.affects);
      const about = advisory.when?.among(parts) ?? [];
      if (affected === 'no' || (advisory.when && about.length === 0)) return [];
      return [{ advisory, parts: about, certain: affected === 'yes' }];
    })
    .sort((a, b) => RANK[a.advisory.severity] - RANK[b.advisory.severity]);
}

/** Lower is more severe, so that the sort is ascending. Within one severity the order of the lists is kept. */
const RANK = { critical: 0, warning: 1, note: 2 } as const;

/**
 *      version   range              affected
 *      2.15.2    <=2.15.2           yes
 *      2.15      >=2.15.0           yes: each of its patches
 *      2.15      2.15.0             perhaps: only some of them
 *      dev       any                no: nothing is known about it
 */
function isAffected(version: string, range: string): 'yes' | 'no' | 'perhaps' {
  const release = releaseIn(version);
  if (release === undefined) return 'no';
  if (release.split('.').length === 3) return satisfies(release, range) ? 'yes' : 'no';
  const all = `${release}.x`;
  if (subset(all, range)) return 'yes';
  return intersects(all, range) ? 'perhaps' : 'no';
}

/** `2.15.2` or `2.15` from a person or from Harbor; undefined for a build such as `dev`. */
function releaseIn(version: string): string | undefined {
  const [, minor, patch] = /^v?(\d+\.\d+)(\.\d+)?(?:[-+].*)?$/.exec(version) ?? [];
  if (minor === undefined) return undefined;
  return patch === undefined ? minor : (coerce(`${minor}${patch}`)?.version ?? undefined);
}

/** Whether the version can be compared with the table. */
export function isRelease(version: string): boolean {
  return releaseIn(version) !== undefined;
}
