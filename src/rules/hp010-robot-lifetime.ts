import { settingsOf } from './declared';
import type { Rule } from './rule';

/**
 * For robots that declare no duration of their own. HP011 judges those that declare -1. The unit is days. A value below
 * 1 is left to the schema, which refuses it.
 */
export const hp010: Rule = {
  id: 'HP010',
  title: 'robots expire after 1 to 90 days by default',
  severity: 'medium',
  why: 'A robot without a duration gets this one; a secret that is valid for years also works for years after a leak (Harbor: lib/config/metadata, robot_token_duration, default 30).',
  declared: {
    judge: (declared) => {
      const { address, settings } = settingsOf(declared);
      const value = settings['robot_token_duration'];
      if (!(typeof value === 'number' && value > 90)) return [];
      return [
        {
          address,
          field: 'robot_token_duration',
          message: `robot_token_duration is ${String(value)} days`,
          hint: 'declare at most 90 days',
        },
      ];
    },
    good: { configuration: { robot_token_duration: 30 } },
    bad: { configuration: { robot_token_duration: 3650 } },
  },
};
