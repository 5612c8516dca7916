import { matchesAddress } from '../plan/address-pattern';
import { organisationOf, specsOf } from './declared';
import type { Rule } from './rule';

/**
 *      rules.public_projects   a cache, public            own images, public
 *      not declared            no finding (HP023 judges)  finding
 *      declared                finding, if not listed     finding, if not listed
 */
export const hp024: Rule = {
  id: 'HP024',
  title: 'only intended projects are public',
  severity: 'medium',
  why: 'Anyone who can reach Harbor can pull from a public project, without an account (goharbor/harbor#20571). Applies to projects with your own images, and if rules.public_projects is declared, to all projects that it does not list.',
  declared: {
    judge: (declared) => {
      const { public_projects: listed } = organisationOf(declared);
      return specsOf(declared, 'project')
        .filter(({ spec }) => spec.public === true)
        .filter(({ spec }) => !listed?.some((form) => matchesAddress(form, spec.name)))
        .filter(({ spec }) => listed !== undefined || spec.registry === undefined)
        .map(({ address }) => ({
          address,
          field: 'public',
          message: listed
            ? 'it is public, but not in rules.public_projects'
            : 'it is public, and contains your own images',
          hint: 'declare public: false, or list its name: rules: { public_projects: [NAME] }',
        }));
    },
    good: { rules: { public_projects: ['base-*'] }, projects: { 'base-images': { public: true } } },
    bad: { projects: { 'base-images': { public: true } } },
  },
};
