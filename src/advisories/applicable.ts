import { isInRange, patchesOf, releaseIn } from '../release';
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

const RANK = { critical: 0, warning: 1, note: 2 } as const;

function isAffected(version: string, range: string): 'yes' | 'no' | 'perhaps' {
  const release = releaseIn(version);
  if (release === undefined) return 'no';
  const affected = patchesOf(release).map((patch) => isInRange(patch, range));
  if (affected.every(Boolean)) return 'yes';
  return affected.some(Boolean) ? 'perhaps' : 'no';
}

/** Whether the version can be compared with the table. */
export function isRelease(version: string): boolean {
  return releaseIn(version) !== undefined;
}
