import { userGroupShape } from '../../src/kinds/user-group';
import fc from 'fast-check';
import type { KindKit } from './kit';
import { anyName } from './support/arbitraries';
import { under } from './support/written';

export const kit: KindKit = {
  specs: fc.oneof(
    fc.record({ name: anyName, type: fc.constantFrom('oidc', 'http') }),
    fc.record({ name: anyName, type: fc.constant('ldap'), ldap_group_dn: fc.stringMatching(/^cn=[a-z]{1,9}$/) }),
  ),
  answered: { added: () => ({ id: 31 }) },
  recorded: { path: /^\/usergroups$/, shape: userGroupShape },
  places: {
    'groups.*': {
      defaults: 'group',
      valid: [{ type: 'oidc' }],
      invalid: [[{ type: 3 }, 'a number for a type']],
    },
  },
  declared: () => ({ groups: { team: { type: 'oidc' } } }),
  byHand: {
    changes: [],
    untried: { type: 'Harbor never changes it', ldap_group_dn: 'Harbor never changes it' },
  },
  renamed: [
    {
      address: (name) => `user-group/${name}`,
      document: (name, from) => ({
        groups: under(name, { type: 'oidc' }, from),
        projects: { plain: { members: [{ group: name, role: 'maintainer' }] } },
      }),
    },
  ],
  pruned: [{ address: 'user-group/spare', container: ['groups'], value: () => ({ type: 'oidc' }) }],
  lives: [{ spec: () => ({ name: 'cluster_admins', type: 'oidc' }), change: {} }],
  drawn: () => ({ always: { 'groups.team': fc.constant({ type: 'oidc' }) } }),
};
