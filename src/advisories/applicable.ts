import coerce from 'semver/functions/coerce';
import satisfies from 'semver/functions/satisfies';
import intersects from 'semver/ranges/intersects';
import subset from 'semver/ranges/subset';
import type { Advisory, DeclaredPart } from './advisory';
import { ADVISORIES } from './list';

/** An advisory that matters to a declaration on a release. */
export interface Applicable {
  readonly advisory: Advisory;
  /** The declared objects that it is about; empty where it is about all. */
  readonly parts: readonly DeclaredPart[];
  /** False where the release was given without its patch, and only some of its patches are affected. */
  readonly certain: boolean;
}

/**
 * What is known of a release and matters to what is declared, the most severe first.
 * @param version `v2.15.2`, also with a build behind it; `2.15` stands for each of its patches; any other text is a release of
 * which nothing is known
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

const RANK = { critical: 0, warning: 1, note: 2 } as const;

function isAffected(version: string, range: string): 'yes' | 'no' | 'perhaps' {
  const release = releaseIn(version);
  if (release === undefined) return 'no';
  if (release.split('.').length === 3) return satisfies(release, range) ? 'yes' : 'no';
  const all = `${release}.x`;
  if (subset(all, range)) return 'yes';
  return intersects(all, range) ? 'perhaps' : 'no';
}

/** `2.15.2` or `2.15` of what a person or Harbor says; undefined for a build such as `dev`. */
function releaseIn(version: string): string | undefined {
  const [, minor, patch] = /^v?(\d+\.\d+)(\.\d+)?(?:[-+].*)?$/.exec(version) ?? [];
  if (minor === undefined) return undefined;
  return patch === undefined ? minor : (coerce(`${minor}${patch}`)?.version ?? undefined);
}

/** Whether there is anything to hold the table against. */
export function isRelease(version: string): boolean {
  return releaseIn(version) !== undefined;
}
