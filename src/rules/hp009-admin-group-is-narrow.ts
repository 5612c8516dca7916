import { settingsOf } from './declared';
import type { Rule } from './rule';

const GROUPS = ['oidc_admin_group', 'ldap_group_admin_dn'];
/**
 * Names that are usual for groups of everybody. Whether another group is broad cannot be seen from its name.
 *
 *      oidc_admin_group: everyone                            finding
 *      oidc_admin_group: harbor-admins                       none
 *      ldap_group_admin_dn: cn=Domain Users,ou=groups,…      finding: the first part of a DN is the group
 *      ldap_group_admin_dn: cn=admins,ou=users,…             none: `users` is only the place of the group
 */
const BROAD = /^(?:cn=)?(?:\*|all|all[-_ ]?users|everyone|everybody|users|domain users|employees|staff)(?:,|$)/i;

/**
 * Both settings are judged, whatever `auth_mode` is: Harbor keeps the group of a mode that is not in use, and it counts
 * from the first login after the mode is switched.
 */
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
