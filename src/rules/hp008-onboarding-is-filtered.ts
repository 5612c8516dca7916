import { settingsOf } from './declared';
import type { Rule } from './rule';

/**
 * One of the two is enough. An empty text counts as not declared. A filter that lets every group through is not
 * recognized: which groups exist is known to the provider alone.
 */
export const hp008: Rule = {
  id: 'HP008',
  title: 'automatic onboarding has a group filter or an admin group',
  severity: 'medium',
  why: 'With oidc_auto_onboard every user of the provider becomes a user of Harbor at the first login (Harbor: lib/config/metadata, oidc_auto_onboard).',
  declared: {
    judge: (declared) => {
      const { address, settings } = settingsOf(declared);
      const limited = settings['oidc_group_filter'] || settings['oidc_admin_group'];
      if (settings['oidc_auto_onboard'] !== true || limited) return [];
      const message = 'oidc_auto_onboard is on without oidc_group_filter or oidc_admin_group';
      return [{ address, field: 'oidc_auto_onboard', message, hint: 'declare oidc_group_filter, or oidc_admin_group' }];
    },
    good: { configuration: { oidc_auto_onboard: true, oidc_group_filter: '^harbor-' } },
    bad: { configuration: { oidc_auto_onboard: true } },
  },
};
