import { matchesAddress } from '../plan/address-pattern';
import { organisationOf, specsOf } from './declared';
import type { Rule } from './rule';

export const hp024: Rule = {
  id: 'HP024',
  title: 'public projects are the ones that were meant to be',
  severity: 'medium',
  why: 'Everybody who reaches Harbor can pull from a public project, without an account (goharbor/harbor#20571). Judged for projects with images of one’s own, and for all that are not in rules.public_projects where that is declared.',
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
            ? 'it is public, and not in rules.public_projects'
            : 'it is public, and holds images of your own',
          hint: 'declare public: false, or list its name: rules: { public_projects: [NAME] }',
        }));
    },
    good: { rules: { public_projects: ['base-*'] }, projects: { 'base-images': { public: true } } },
    bad: { projects: { 'base-images': { public: true } } },
  },
};
