import { matchesAddress } from '../plan/address-pattern';
import { organisationOf } from './declared';
import type { Rule } from './rule';

export const hp049: Rule = {
  id: 'HP049',
  title: 'names are as the organisation forms them',
  severity: 'high',
  why: 'Names stand in every image reference and every alert, and cannot be changed later (Harbor: a project cannot be renamed). Judged where rules.names is declared.',
  declared: {
    judge: (declared) => {
      const { names = {} } = organisationOf(declared);
      return declared.objects.flatMap(({ kind, address, spec, identity }) => {
        const forms = names[kind];
        const name = (spec as { readonly name?: string }).name ?? identity;
        if (!forms || forms.some((form) => matchesAddress(form, name))) return [];
        return [{ address, message: `its name is none of ${forms.join(', ')}`, hint: 'choose a name of that form' }];
      });
    },
    good: { rules: { names: { project: ['proxy.*'] } }, projects: { 'proxy.quay.io': {} } },
    bad: { rules: { names: { project: ['proxy.*'] } }, projects: { quay: {} } },
  },
};
