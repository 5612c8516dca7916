import type { Violation } from './rule';
import { containersIn, wordsOf, type SynthesisedStack } from './synthesised';

/**
 * Environment variables with these names in a container's definition: plan, state and `docker inspect` contain them. A
 * variable that names a file (`POSTGRES_PASSWORD_FILE`) has another name and is fine. An empty value counts as well: a
 * secret that is set later by hand would be in the state from then on.
 */
export function secretEnv(stacks: readonly SynthesisedStack[], names: RegExp): Violation[] {
  return containersIn(stacks).flatMap((container) =>
    wordsOf(container, 'env').flatMap((entry) => {
      const name = entry.split('=')[0] ?? '';
      if (!names.test(name)) return [];
      const message = `sets ${name} in its definition, so plan, state and docker inspect show it`;
      const hint = 'read it from a file on the host: prepared files are mounted and read at start';
      return [{ address: `${container.address}.env`, message, hint }];
    }),
  );
}
