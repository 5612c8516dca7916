import { memberShape } from '../../src/kinds/project-member';
import fc from 'fast-check';
import type { KindKit } from './kit';
import { anyName, projectName } from './support/arbitraries';
import { byId, named, whole } from './support/by-hand';

const role = fc.constantFrom('projectAdmin', 'maintainer', 'developer', 'guest', 'limitedGuest');

export const kit: KindKit = {
  specs: fc.oneof(
    fc.record({ project: projectName, user: anyName, role }),
    fc.record({ project: projectName, group: anyName, role }),
  ),
  answered: { added: () => ({ id: 12, entity_id: 4 }) },
  recorded: {
    path: /^\/projects\/[^/]+\/members(\/<id>)?$/,
    shape: memberShape,
  },
  places: {
    'projects.*.members.[]': {
      valid: [{ group: 'platform', role: 'limitedGuest' }],
      invalid: [
        [{ user: 'a', role: 'admin' }, 'an unknown role'],
        [{ user: 'a' }, 'no role'],
      ],
    },
  },
  declared: () => ({ projects: { proxy: { members: [{ group: 'team', role: 'maintainer' }] } } }),
  byHand: {
    changes: whole(
      'project-member/proxy/group:team',
      {
        list: '/projects/proxy/members',
        find: named('team', 'entity_name'),
        path: byId('/projects/proxy/members'),
      },
      { role: { role_id: 3 } },
    ),
    untried: { group: 'part of what it is', user: 'part of what it is' },
  },
  pruned: [
    {
      address: 'project-member/plain/group:kept',
      container: ['projects', 'plain', 'members'],
      value: () => [{ group: 'kept', role: 'guest' }],
    },
  ],
  lives: [
    { spec: () => ({ project: 'plain', group: 'platform', role: 'maintainer' }), change: { role: 'developer' } },
    { spec: () => ({ project: 'prx', user: 'alice', role: 'guest' }), change: { role: 'projectAdmin' } },
  ],
  drawn: () => ({
    project: {
      members: fc.subarray([
        { group: 'team', role: 'maintainer' },
        { user: 'alice', role: 'guest' },
      ]),
    },
  }),
};
