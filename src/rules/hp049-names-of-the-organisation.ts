import { matchesAddress } from '../plan/address-pattern';
import { organisationOf } from './declared';
import type { Rule } from './rule';

/**
 * Kinds without a name are compared by their identity. A name needs to match one of the patterns, not all; a kind that
 * is not listed may have any name.
 */
export const hp049: Rule = {
  id: 'HP049',
  title: 'names follow the organization’s conventions',
  severity: 'high',
  why: 'Names are part of every image reference and alert, and cannot be changed later (Harbor: a project cannot be renamed). Applies if rules.names is declared.',
  declared: {
    judge: (declared) => {
      const { names = {} } = organisationOf(declared);
      return declared.objects.flatMap(({ kind, address, spec, identity }) => {
        const forms = names[kind];
        const name = (spec as { readonly name?: string }).name ?? identity;
        if (!forms || forms.some((form) => matchesAddress(form, name))) return [];
        return [
          { address, message: `its name matches none of ${forms.join(', ')}`, hint: 'choose a name that matches' },
        ];
      });
    },
    good: { rules: { names: { project: ['proxy.*'] } }, projects: { 'proxy.quay.io': {} } },
    bad: { rules: { names: { project: ['proxy.*'] } }, projects: { quay: {} } },
  },
};
