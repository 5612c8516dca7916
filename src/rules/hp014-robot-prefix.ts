import { settingsOf } from './declared';
import type { Rule } from './rule';

/**
 * An empty prefix is a finding as well. Harbor's default is `robot$` (docs/harbor-behavior.md 8.6).
 *
 *      prefix      finding
 *      robot$      none
 *      robot-      none
 *      robot       yes: a user `robotci` and a robot `ci` would have the same name
 *      ""          yes: a user `ci` and a robot `ci` would
 *      "robot $"   yes: many clients cannot log in with a blank in the name
 */
export const hp014: Rule = {
  id: 'HP014',
  title: 'robot names differ from user names',
  severity: 'medium',
  why: 'Without a special character in the prefix a robot and a user can have the same name, and with a blank many clients cannot log in (goharbor/harbor#22556).',
  declared: {
    judge: (declared) => {
      const { address, settings } = settingsOf(declared);
      const prefix = settings['robot_name_prefix'];
      if (typeof prefix !== 'string' || (!/\s/.test(prefix) && /[^a-z0-9]$/i.test(prefix))) return [];
      return [
        {
          address,
          field: 'robot_name_prefix',
          message: `robot_name_prefix is ${JSON.stringify(prefix)}`,
          hint: 'end it with a character that no user name has, and use no blanks: robot$ or robot-',
        },
      ];
    },
    good: { configuration: { robot_name_prefix: 'robot$' } },
    bad: { configuration: { robot_name_prefix: 'bot ' } },
  },
};
