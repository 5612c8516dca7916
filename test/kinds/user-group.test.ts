import { userGroup, type UserGroupSpec } from '../../src/kinds/user-group';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();

it.each([
  ['ldap', 1],
  ['http', 2],
  ['oidc', 3],
])('type %s is number %i', (type, group_type) => {
  expect(userGroup.toWire({ name: 'platform', type }, refs)).toEqual({ group_name: 'platform', group_type });
  expect(userGroup.fromWire({ id: 31, group_name: 'platform', group_type }, refs).spec.type).toBe(type);
});

it('shows a number that Harbor should not have accepted', () => {
  expect(userGroup.fromWire({ id: 31, group_name: 'f-bad', group_type: 9 }, refs).spec.type).toBe('unknown (9)');
});

it('is found in the whole list: the filter is fuzzy, and GET by id leaves out the id', async () => {
  const answers = {
    'GET /usergroups': [
      { id: 30, group_name: 'platform-eu', group_type: 3 },
      { id: 31, group_name: 'platform', group_type: 3 },
    ],
  };
  await withDouble({ answers }, async ({ context, calls }) => {
    expect((await userGroup.read(context, 'platform'))?.id).toBe(31);
    expect(await userGroup.read(context, 'plat')).toBeUndefined();
    expect(new Set(calls())).toEqual(new Set(['GET /usergroups']));
  });
});

it('is created and deleted, and replaced if anything but its name differs', async () => {
  await withDouble({}, async ({ context, written }) => {
    expect(await userGroup.create(context, { name: 'platform', type: 'oidc' }, new Map())).toEqual({ id: 77 });
    await userGroup.remove(context, { identity: 'platform', id: 31, spec: { name: 'platform', type: 'oidc' } });
    expect(written()).toEqual([
      { call: 'POST /usergroups', body: { group_name: 'platform', group_type: 3 }, by: 'robot' },
      { call: 'DELETE /usergroups/31', body: undefined, by: 'robot' },
    ]);
  });
  expect(userGroup.replaceOn).toEqual(['type', 'ldap_group_dn']);
});

it.each<[UserGroupSpec, string[]]>([
  [{ name: 'a', type: 'oidc' }, []],
  [{ name: 'a', type: 'ldap', ldap_group_dn: 'cn=a' }, []],
  [{ name: 'a', type: 'ldap' }, ['group-dn']],
  [{ name: 'a', type: 'http', ldap_group_dn: 'cn=a' }, ['group-dn']],
])('check of %j: %j', (spec, rules) => {
  expect(userGroup.check!(spec, { declared: () => undefined }).map(({ rule }) => rule)).toEqual(rules);
});

it.each([' CN=Dev,DC=Example ', 'cn=dev,dc=example'])('%j and its form in Harbor are the same DN', (ldap_group_dn) => {
  const live = userGroup.fromWire(
    { id: 31, group_name: 'dev', group_type: 1, ldap_group_dn: 'CN=dev,DC=EXAMPLE' },
    refs,
  );
  expect(userGroup.normalise({ name: 'dev', type: 'ldap', ldap_group_dn })).toEqual(live.spec);
});
