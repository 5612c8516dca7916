import type { Violation } from './rule';
import { resourcesIn, wordsOf, type SynthesisedStack } from './synthesised';

/** Keys that the values of every Helm release must have, because the chart's own defaults are known to everybody. */
export function helmValues(stacks: readonly SynthesisedStack[], keys: readonly string[], what: string): Violation[] {
  return resourcesIn(stacks, 'helm_release').flatMap((release) => {
    const text = wordsOf(release, 'values').join('\n');
    if (keys.some((key) => new RegExp(`["']?${key}["']?:`).test(text))) return [];
    const message = `does not set ${what}`;
    return [
      { address: release.address, message, hint: 'use a Secret of the cluster: the default of the chart is public' },
    ];
  });
}
