import { settingsOf } from './declared';
import type { Rule } from './rule';

/**
 * Only a declared `everyone` is a finding. If it is not declared, the default of Harbor applies, and that is
 * `everyone`, too: what is not declared is not judged. A robot can create projects in any case (docs/harbor-behavior.md
 * 3.4).
 */
export const hp006: Rule = {
  id: 'HP006',
  title: 'only administrators create projects',
  severity: 'medium',
  why: 'By default everyone who can log in may create projects, with unreviewed caches and robots (Harbor: lib/config/metadata, project_creation_restriction).',
  declared: {
    judge: (declared) => {
      const { address, settings } = settingsOf(declared);
      const value = settings['project_creation_restriction'];
      if (!(value === 'everyone')) return [];
      return [
        {
          address,
          field: 'project_creation_restriction',
          message: `project_creation_restriction is everyone`,
          hint: 'declare project_creation_restriction: adminonly',
        },
      ];
    },
    good: { configuration: { project_creation_restriction: 'adminonly' } },
    bad: { configuration: { project_creation_restriction: 'everyone' } },
  },
};
