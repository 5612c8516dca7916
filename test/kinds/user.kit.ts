import { userShape } from '../../src/kinds/user';
import fc from 'fast-check';
import type { KindKit } from './kit';
import { anyName, anyText, flag, map, one, reference, writtenText } from './support/arbitraries';
import { named, whole } from './support/by-hand';
import { SECRET } from './support/written';

const alice = { list: '/users?page_size=100', find: named('alice', 'username') };

export const kit: KindKit = {
  specs: fc.record(
    {
      username: fc.stringMatching(/^[a-z][a-z0-9._-]{0,9}$/),
      email: fc.stringMatching(/^[a-z]{1,9}@[a-z]{1,9}\.com$/),
      realname: anyName,
      comment: anyText,
      password: reference,
      sysadmin: fc.boolean(),
    },
    { requiredKeys: ['username', 'email', 'realname', 'password'] },
  ),
  answered: { added: () => ({ user_id: 4 }) },
  recorded: { path: /^\/users$/, shape: userShape },
  places: {
    'users.*': {
      defaults: 'user',
      valid: [{ email: 'a@example.com', realname: 'A', password: SECRET, sysadmin: true, comment: '' }],
      invalid: [
        [{ email: 'a@b.cd', realname: 'A' }, 'no password'],
        [{ email: 'a@b.cd', realname: 'A', password: 'Passw0rd1' }, 'a literal secret'],
      ],
    },
  },
  declared: () => ({
    users: {
      alice: { email: 'alice@example.com', realname: 'Alice', comment: 'ours', sysadmin: true, password: SECRET },
    },
  }),
  byHand: {
    changes: [
      ...whole(
        'user/alice',
        { ...alice, path: ({ user_id }) => `/users/${String(user_id)}` },
        {
          email: { email: 'other@example.com' },
          realname: { realname: 'Somebody Else' },
          comment: { comment: 'by hand' },
        },
      ),
      ...whole(
        'user/alice',
        { ...alice, path: ({ user_id }) => `/users/${String(user_id)}/sysadmin` },
        { sysadmin: { sysadmin_flag: false } },
      ),
    ],
    untried: { password: 'Harbor never returns it' },
  },
  pruned: [
    {
      address: 'user/spare',
      container: ['users'],
      value: (_world, name) => ({ email: `${name}@example.com`, realname: name, password: SECRET }),
    },
  ],
  lives: [
    {
      spec: () => ({
        username: 'bob',
        email: 'bob@example.com',
        realname: 'Bob',
        password: { env: 'ROBOT' },
        sysadmin: true,
      }),
      change: { email: 'b@example.com', comment: 'moved', sysadmin: false, password: { env: 'USER' } },
    },
  ],
  drawn: () => ({
    always: {
      'users.alice': map({ realname: 'Alice', password: SECRET }, { sysadmin: flag, comment: writtenText }).chain(
        (rest) => one('alice@example.com', 'a@example.org').map((email) => ({ email, ...rest })),
      ),
    },
  }),
};
