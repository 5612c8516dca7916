import { settingsOf } from './declared';
import type { Rule } from './rule';
import { textsIn } from './synthesised';

/** In JSON, YAML, or an environment file: `CONFIG_OVERWRITE_JSON` sets it at each start, whatever is declared. */
const SWITCHED_ON = /["']?self_registration["']?\s*[:=]\s*["']?true|^SELF_REGISTRATION=(on|true|1)$/im;

/**
 * Two scopes: what is declared, and what the stacks set behind the declaration's back. With `CONFIG_OVERWRITE_JSON` no
 * key can be changed through the API, so a declared `false` could not correct it. Not declared is not a finding,
 * because Harbor's default is off.
 */
export const hp005: Rule = {
  id: 'HP005',
  title: 'self-registration is off',
  severity: 'high',
  why: 'Open registration once gave admin accounts (CVE-2019-16097) and lets strangers log in.',
  deployed: {
    judge: (stacks) =>
      textsIn(stacks).flatMap(({ address, text }) => {
        if (!SWITCHED_ON.test(text)) return [];
        return [
          { address, message: 'switches self_registration on', hint: 'declare configuration.self_registration: false' },
        ];
      }),
    good: { docker_container: { core: { env: ['LOG_LEVEL=info'] } } },
    bad: { docker_container: { core: { env: ['CONFIG_OVERWRITE_JSON={"self_registration": true}'] } } },
  },
  declared: {
    judge: (declared) => {
      const { address, settings } = settingsOf(declared);
      if (settings['self_registration'] !== true) return [];
      const message = 'self_registration is on: anyone can create an account';
      return [{ address, field: 'self_registration', message, hint: 'declare self_registration: false' }];
    },
    good: { configuration: { self_registration: false } },
    bad: { configuration: { self_registration: true } },
  },
};
