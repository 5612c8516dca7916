import type { HazardContext, Live } from '../../src/kinds/kind';
import { user, type UserSpec } from '../../src/kinds/user';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();
const password = { env: 'ALICE' };
const alice: UserSpec = { username: 'alice', email: 'a@example.com', realname: 'Alice', password };
const live = (spec: Partial<UserSpec> = {}): Live<UserSpec> => ({
  identity: 'alice',
  id: 7,
  spec: { username: 'alice', email: 'a@example.com', realname: 'Alice', comment: '', sysadmin: false, ...spec },
});

it('reads what Harbor leaves out as empty', () => {
  expect(user.fromWire({ user_id: 7, username: 'alice', email: 'a@example.com', realname: 'Alice' }, refs)).toEqual(
    live(),
  );
});

it('is found by its whole name: the filter is fuzzy', async () => {
  const answers = {
    'GET /users': [
      { user_id: 6, username: 'alice2' },
      { user_id: 7, username: 'alice' },
    ],
  };
  await withDouble({ answers }, async ({ context }) => {
    expect((await user.read(context, 'alice'))?.id).toBe(7);
    expect(await user.read(context, 'ali')).toBeUndefined();
  });
});

it.each([
  ['db_auth', undefined],
  ['oidc_auth', true],
  ['ldap_auth', true],
])('with auth_mode %s, users were created by Harbor at their first login: %s', async (auth_mode, expected) => {
  const answers = { 'GET /users': [{ user_id: 7, username: 'alice' }], 'GET /systeminfo': { auth_mode } };
  await withDouble({ answers }, async ({ context }) => {
    const [wire] = await user.list({ client: context.client, parents: [], wires: () => Promise.resolve([]) });
    expect(user.fromWire(wire!, refs).builtIn).toBe(expected);
  });
});

it('is created with its password, and becomes an administrator by a second call', async () => {
  await withDouble({ secrets: { ALICE: 'Declared1' } }, async ({ context, written }) => {
    expect(await user.create(context, { ...alice, sysadmin: true }, new Map())).toEqual({ id: 77 });
    await user.create(context, { ...alice, sysadmin: false }, new Map());
    const profile = { username: 'alice', email: 'a@example.com', realname: 'Alice', password: 'Declared1' };
    expect(written().map(({ call, body }) => [call, body])).toEqual([
      ['POST /users', profile],
      ['PUT /users/77/sysadmin', { sysadmin_flag: true }],
      ['POST /users', profile],
    ]);
  });
});

it.each<[(keyof UserSpec)[], [string, object][]]>([
  [['comment'], [['PUT /users/7', { email: 'a@example.com', realname: 'Alice', comment: 'new' }]]],
  [['sysadmin'], [['PUT /users/7/sysadmin', { sysadmin_flag: false }]]],
  [['password'], [['PUT /users/7/password', { new_password: 'Resolved1' }]]],
])('a change of %j is %j', async (changed, calls) => {
  await withDouble({}, async ({ context, written }) => {
    await user.update(context, { live: live(), merged: { ...live({ comment: 'new' }).spec, password }, changed });
    expect(written().map(({ call, body }) => [call, body])).toEqual(calls);
  });
});

it('treats an identical password as set, and shows none that breaks the rule', async () => {
  const update = { live: live(), merged: { ...live().spec, password }, changed: ['password'] as const };
  const refused = (message: string) => ({ answers: { 'PUT /users/7/password': { status: 400, message } } });
  await withDouble(refused('New password is identical to old password'), ({ context }) => user.update(context, update));
  await withDouble(refused('no'), async ({ context }) => {
    await expect(user.update(context, update)).rejects.toThrow(/^user\/alice: its password could not be set/);
  });
  await withDouble({ secrets: { ALICE: 'hunter2' } }, async ({ context, written }) => {
    const attempt = user.create(context, alice, new Map());
    await expect(attempt).rejects.toThrow(/user\/alice: the password .* 8 to 128 characters/);
    await expect(attempt).rejects.not.toThrow(/hunter2/);
    expect(written()).toEqual([]);
  });
});

it.each<[Partial<UserSpec>, string[]]>([
  [{}, []],
  [{ username: 'a$b' }, ['user-name']],
  [{ username: 'admin' }, ['user-name']],
  [{ realname: 'A, B' }, ['user-name']],
  [{ email: 'alice' }, ['user-email']],
])('check of %j: %j', (spec, rules) => {
  expect(user.check!({ ...alice, ...spec }, { declared: () => undefined }).map(({ rule }) => rule)).toEqual(rules);
});

it.each([
  ['db_auth', []],
  ['oidc_auth', ['user-auth-mode']],
])('with the declared auth_mode %s: %j', (auth_mode, rules) => {
  const declared = (kind: string) => (kind === 'configuration' ? { auth_mode } : undefined);
  expect(user.check!(alice, { declared }).map(({ rule }) => rule)).toEqual(rules);
});

describe('hazards', () => {
  const rules = (context: Partial<HazardContext<UserSpec>>): string[] =>
    user.hazards!({
      action: 'update',
      changed: [],
      identity: {},
      current: [],
      planned: [],
      assumed: [],
      others: () => undefined,
      ...context,
    }).map(({ rule, enforcement }) => `${rule} ${enforcement}`);
  const asAlice = { user: { username: 'alice', userId: 7, sysadmin: true, localAdmin: false } };
  const asAdmin = { user: { username: 'admin', userId: 1, sysadmin: true, localAdmin: true } };
  const admin = live({ sysadmin: true });
  const bob = { ...alice, username: 'bob', sysadmin: true };

  it.each<[string, Partial<HazardContext<UserSpec>>, string[]]>([
    [
      'made in OIDC mode',
      { action: 'create', desired: alice, identity: { authMode: 'oidc_auth' } },
      ['user-auth-mode hard-mandatory'],
    ],
    ['made in database mode', { action: 'create', desired: alice, identity: { authMode: 'db_auth' } }, []],
    [
      'made administrator in OIDC mode',
      {
        live: live(),
        desired: { ...alice, sysadmin: true },
        changed: ['sysadmin'],
        identity: { authMode: 'oidc_auth' },
      },
      [],
    ],
    [
      'renamed in LDAP mode',
      { live: live(), desired: alice, changed: ['realname'], identity: { authMode: 'ldap_auth' } },
      ['user-auth-mode hard-mandatory'],
    ],
    ['deleted by itself', { action: 'delete', live: live(), identity: asAlice }, ['own-user hard-mandatory']],
    ['deleted by another', { action: 'delete', live: live() }, []],
    ['the last administrator deleted', { action: 'delete', live: admin }, ['last-admin soft-mandatory']],
    [
      'one of two deleted',
      {
        action: 'delete',
        live: admin,
        current: [admin.spec, bob],
        planned: [bob],
      },
      [],
    ],
    [
      'the last administrator made ordinary',
      { live: admin, desired: { ...alice, sysadmin: false } },
      ['last-admin hard-mandatory'],
    ],
    [
      'the last administrator made ordinary while another becomes one',
      { live: admin, desired: { ...alice, sysadmin: false }, current: [admin.spec], planned: [bob] },
      ['last-admin hard-mandatory'],
    ],
    [
      'rights given by hand are taken back by admin',
      { live: admin, desired: { ...alice, sysadmin: false }, assumed: ['sysadmin'], identity: asAdmin },
      [],
    ],
    [
      'rights given by hand are not taken back by another, who may be the last',
      { live: admin, desired: { ...alice, sysadmin: false }, assumed: ['sysadmin'] },
      ['last-admin hard-mandatory'],
    ],
    ['says nothing of sysadmin', { live: admin, desired: alice }, []],
    [
      'own rights',
      {
        live: admin,
        desired: { ...alice, sysadmin: false },
        identity: asAlice,
        current: [bob],
        planned: [bob],
      },
      ['own-user hard-mandatory'],
    ],
  ])('%s', (_case, context, expected) => {
    expect(rules(context)).toEqual(expected);
  });
});
