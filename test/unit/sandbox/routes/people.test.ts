import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  await call(sandbox, 'POST projects', { project_name: 'team' });
});
afterAll(() => sandbox.close());

const alice = { username: 'alice', email: 'alice@example.com', realname: 'Alice', password: 'Passw0rd1' };

describe('/users', () => {
  it('gives the first user id 3: the second row of a fresh database is a deleted one', async () => {
    expect((await call(sandbox, 'POST users', alice)).id).toBe(3);
  });

  it.each([
    [{ password: 'short1A' }, 400, /^the password or secret must be 8-128/],
    [{ email: '' }, 400, /^email can't be empty$/],
    [{ email: 'nonsense' }, 400, /^email with illegal format$/],
    [{ username: 'a,b' }, 400, /^username contains illegal characters$/],
    [{ realname: '' }, 400, /^realname with illegal length$/],
    [{ comment: 'x'.repeat(31) }, 400, /^comment with illegal length$/],
    [{}, 409, /^user alice or email alice@example\.com already exists$/],
    [{ username: 'x'.repeat(256) }, 422, /username in body should be at most 255 chars long$/],
  ])('POST refuses %j', async (more, status, message) => {
    const answer = await call(sandbox, 'POST users', { ...alice, ...more });
    expect(answer.status).toBe(status);
    expect(answer.message).toMatch(message);
  });

  it('lists everybody but the admin of the installation', async () => {
    expect((await call(sandbox, 'GET users')).body.map((user: { username: string }) => user.username)).toEqual([
      'alice',
    ]);
  });

  it.each([
    ['DELETE users/1', undefined, 403],
    ['PUT users/3/cli_secret', { secret: 'Passw0rd2' }, 412],
    ['PUT users/3/password', { new_password: 'Passw0rd1' }, 400],
    ['GET users/99', undefined, 404],
  ])('%s %j: %i', async (line, body, status) => {
    expect((await call(sandbox, line, body)).status).toBe(status);
  });

  it('lets users change their own password, with the old one', async () => {
    const change = (old_password: string, as: string) =>
      call(sandbox, 'PUT users/3/password', { old_password, new_password: 'Passw0rd2' }, { as });
    expect((await change('Wrong0ne1', 'alice:Passw0rd1')).status).toBe(403);
    expect((await change('Passw0rd1', 'alice:Passw0rd1')).status).toBe(200);
    expect((await call(sandbox, 'GET users/current', undefined, { as: 'alice:Passw0rd2' })).body.username).toBe(
      'alice',
    );
  });

  it('makes the auth mode final', async () => {
    expect((await call(sandbox, 'GET configurations')).body.auth_mode.editable).toBe(false);
    expect((await call(sandbox, 'PUT configurations', { auth_mode: 'oidc_auth' })).message).toBe(
      'the auth mode cannot be modified as new users have been inserted into database',
    );
  });
});

describe('members', () => {
  const add = (body: object | undefined) => call(sandbox, 'POST projects/team/members', body);

  it.each([
    [{ role_id: 2, member_user: { user_id: 99 } }, 400],
    [{ role_id: 2, member_group: { id: 99 } }, 400],
    [{ role_id: 6, member_user: { username: 'alice' } }, 400],
    [{ role_id: 2 }, 500],
    [undefined, 400],
  ])('refuses %j with %i', async (body, status) => {
    expect((await add(body)).status).toBe(status);
  });

  it('finds an existing group by name, sorts by name, and deletes the group with its membership', async () => {
    const group = await call(sandbox, 'POST usergroups', { group_name: 'aaa', group_type: 3 });
    expect((await add({ role_id: 3, member_group: { group_name: 'aaa', group_type: 3 } })).status).toBe(201);
    const listed = async () => (await call(sandbox, 'GET projects/team/members')).body;
    expect((await listed()).map((row: { entity_name: string }) => row.entity_name)).toEqual(['aaa', 'admin']);
    await call(sandbox, `DELETE usergroups/${group.id}`);
    expect(await listed()).toHaveLength(1);
  });

  it.each([
    [1, { create: 201, list: 200 }],
    [4, { create: 403, list: 200 }],
    [3, { create: 403, list: 200 }],
    [5, { create: 403, list: 403 }],
  ])('role %i may %j', async (role, expected) => {
    const member = await add({ role_id: role, member_user: { username: 'alice' } });
    const as = 'alice:Passw0rd2';
    const list = await call(sandbox, 'GET projects/team/members', undefined, { as });
    const group = await call(sandbox, 'POST usergroups', { group_name: `g${role}`, group_type: 3 });
    const create = await call(
      sandbox,
      'POST projects/team/members',
      { role_id: 5, member_group: { id: group.id } },
      { as },
    );
    await call(sandbox, `DELETE projects/team/members/${member.id}`);
    expect({ create: create.status, list: list.status }).toEqual(expected);
  });

  it('creates an unknown group automatically in OIDC mode', async () => {
    sandbox.store.setConfiguration({ auth_mode: 'oidc_auth' });
    expect((await add({ role_id: 2, member_group: { group_name: 'new', group_type: 3 } })).status).toBe(201);
    sandbox.store.setConfiguration({ auth_mode: 'db_auth' });
    expect((await call(sandbox, 'GET usergroups?group_name=new')).body[0].group_type).toBe(3);
  });
});

describe('user groups', () => {
  it.each([
    ['POST usergroups', { group_type: 3 }, 400],
    ['PUT usergroups/1', {}, 400],
    ['GET usergroups/0', undefined, 400],
    ['GET usergroups/999', undefined, 404],
  ])('%s %j: %i', async (line, body, status) => {
    expect((await call(sandbox, line, body)).status).toBe(status);
  });
});
