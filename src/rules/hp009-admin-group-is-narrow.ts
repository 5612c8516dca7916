import { settingsOf } from './declared';
import type { Rule } from './rule';

const GROUPS = ['oidc_admin_group', 'ldap_group_admin_dn'];
/** Names that are usual for groups of everybody. Whether another group is broad cannot be seen from its name. */
const BROAD = /^(?:cn=)?(?:\*|all|all[-_ ]?users|everyone|everybody|users|domain users|employees|staff)(?:,|$)/i;

export const hp009: Rule = {
  id: 'HP009',
  title: 'the group of administrators does not contain every user',
  severity: 'high',
  why: 'Members of this group administer Harbor: all projects, all robots, all stored credentials (Harbor: lib/config/metadata, oidc_admin_group and ldap_group_admin_dn).',
  declared: {
    judge: (declared) => {
      const { address, settings } = settingsOf(declared);
      return GROUPS.flatMap((key) => {
        const value = settings[key];
        if (typeof value !== 'string' || !BROAD.test(value)) return [];
        return [
          {
            address,
            field: key,
            message: `${key} is "${value}", a group that may contain every user`,
            hint: 'name a group of administrators',
          },
        ];
      });
    },
    good: { configuration: { oidc_admin_group: 'harbor-admins' } },
    bad: { configuration: { oidc_admin_group: 'everyone' } },
  },
};
