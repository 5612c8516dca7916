import type { Refusal } from '../../../diagnostic';
import { coerce, compare, type SemVer } from 'semver';

/** What a new version means for the data of the running one. */
export type Jump =
  | { readonly kind: 'first' }
  | { readonly kind: 'same' }
  | { readonly kind: 'upgrade'; readonly from: string; readonly to: string }
  | { readonly kind: 'refused'; readonly problem: Refusal };

/** Harbor "only supports two previous minor releases to upgrade to current minor release" (its RELEASES.md). */
const MINORS = 2;

/** @param running undefined if there is no Harbor yet */
export function judgeJump(running: string | undefined, wanted: string): Jump {
  if (running === undefined) return { kind: 'first' };
  const [from, to] = [parseVersion(running), parseVersion(wanted)];
  if (!from || !to) return refused('version-unknown', `${running} and ${wanted} cannot be compared`, 'write v2.15.2');
  const order = compare(from, to);
  if (order === 0) return { kind: 'same' };
  if (order > 0)
    return refused(
      'downgrade',
      `${running} runs, but ${wanted} is older: Harbor cannot migrate its database back`,
      `restore the backup that was taken with ${wanted} (docs/guides/upgrade.md, Rollback)`,
    );
  if (from.major !== to.major || to.minor - from.minor > MINORS)
    return refused(
      'version-jump',
      `from ${running} to ${wanted} is too far: Harbor can skip at most ${MINORS} minor releases`,
      `upgrade to v${to.major}.${from.major === to.major ? from.minor + MINORS : 0} first`,
    );
  return { kind: 'upgrade', from: running, to: wanted };
}

/** The oldest of several versions that may have written the data; undefined if there is none. */
export function oldestVersion(claims: readonly (string | undefined)[]): string | undefined {
  return claims
    .flatMap((claim) => {
      const version = claim === undefined ? undefined : parseVersion(claim);
      return version ? [{ claim: claim!, version }] : [];
    })
    .sort((a, b) => compare(a.version, b.version))[0]?.claim;
}

/** `v2.15.2`, also with the commit that `/systeminfo` appends. */
function parseVersion(text: string): SemVer | undefined {
  const [, numbers] = /^v?(\d{1,4}\.\d{1,4}\.\d{1,4})(?:[-+].*)?$/.exec(text) ?? [];
  return numbers === undefined ? undefined : (coerce(numbers) ?? undefined);
}

function refused(rule: string, message: string, hint: string): Jump {
  return { kind: 'refused', problem: { rule, message, hint } };
}
