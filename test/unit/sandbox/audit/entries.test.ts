import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';
import { pushImage } from '../push-image';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
});
afterAll(() => sandbox.close());

interface Entry {
  readonly operation: string;
  readonly operation_description: string;
  readonly operation_result: boolean;
  readonly resource: string;
  readonly resource_type: string;
  readonly username: string;
}

async function since(work: () => Promise<unknown>): Promise<[string, string, string, boolean][]> {
  const before = sandbox.store.auditLogs.all().at(-1)?.id ?? 0;
  await work();
  const { body } = await call(sandbox, 'GET auditlog-exts?sort=id&page_size=0');
  return (body as (Entry & { id: number })[])
    .filter(({ id }) => id > before)
    .map((entry) => [entry.username, entry.operation_description, entry.resource, entry.operation_result]);
}

const user = (username: string) => ({
  username,
  email: `${username}@example.com`,
  realname: username,
  password: 'Passw0rd1',
});

it('writes down what happens to users, refused requests too', async () => {
  const entries = await since(async () => {
    const { id } = await call(sandbox, 'POST users', user('zoe'));
    await call(sandbox, 'POST users', user('zoe'));
    await call(sandbox, `PUT users/${id}`, { email: 'z@example.com', realname: 'Zoe' }, { as: 'zoe:Passw0rd1' });
    await call(sandbox, `PUT users/${id}/password`, { new_password: 'Passw0rd2' });
    await call(sandbox, `PUT users/${id}/sysadmin`, { sysadmin_flag: true });
    await call(sandbox, `DELETE users/${id}`);
  });
  expect(entries).toEqual([
    ['admin', 'create user with name: zoe', 'zoe', true],
    ['admin', 'create user with name: ', '', false],
    ['zoe', 'update user with name: zoe', 'zoe', true],
    ['admin', 'update user with name: zoe, change user password', 'zoe', true],
    ['admin', 'update user with name: zoe, add/remove user as system administrator', 'zoe', true],
    ['admin', 'delete user with name: zoe', 'zoe', true],
  ]);
});

it('writes down logins under the name that was typed, and logouts', async () => {
  const entries = await since(async () => {
    const got = await fetch(`${sandbox.url}/c/login`);
    const token = got.headers.get('x-harbor-csrf-token')!;
    const csrf = got.headers
      .getSetCookie()
      .find((cookie) => cookie.startsWith('_gorilla_csrf'))!
      .split(';')[0]!;
    const logIn = (password: string) =>
      fetch(`${sandbox.url}/c/login`, {
        method: 'POST',
        headers: { cookie: csrf, 'x-harbor-csrf-token': token, 'content-type': 'application/x-www-form-urlencoded' },
        body: `principal=admin&password=${password}`,
      });
    await logIn('wrong');
    const sid = (await logIn('Harbor12345')).headers.getSetCookie().findLast((one) => one.startsWith('sid='))!;
    await fetch(`${sandbox.url}/c/log_out`, { headers: { cookie: sid.split(';')[0]! } });
  });
  expect(entries).toEqual([
    ['admin', 'login', 'admin', false],
    ['admin', 'login', 'admin', true],
    ['admin', 'logout', 'admin', true],
  ]);
});

it('writes down what happens to images, tags, repositories, robots and the configuration', async () => {
  let digest = '';
  const entries = await since(async () => {
    await call(sandbox, 'POST projects', { project_name: 'aud' });
    ({ digest } = await pushImage(sandbox, 'aud/web', 'one'));
    const accept = { accept: 'application/vnd.oci.image.manifest.v1+json' };
    await call(sandbox, 'GET /v2/aud/web/manifests/one', undefined, { headers: accept });
    await call(sandbox, 'POST projects/aud/repositories/web/artifacts/one/tags', { name: 'two' });
    await call(sandbox, 'DELETE projects/aud/repositories/web/artifacts/one/tags/two');
    await call(sandbox, 'DELETE projects/aud/repositories/web/artifacts/one');
    await call(sandbox, 'DELETE projects/aud/repositories/web');
    await call(sandbox, 'PUT configurations', { banner_message: 'x' });
    await call(sandbox, 'PUT configurations', { auth_mode: 'nonsense' });
    await call(sandbox, 'PUT projects/aud', { metadata: { public: 'true' } });
    await call(sandbox, 'POST labels', { name: 'l', scope: 'g' });
  });
  expect(entries).toEqual([
    ['admin', 'create project: aud', 'aud', true],
    ['admin', `push artifact: aud/web@${digest}`, 'aud/web:one', true],
    ['admin', `pull artifact: aud/web@${digest}`, 'aud/web:one', true],
    ['admin', 'create tag: aud/web:two', 'aud/web:two', true],
    ['admin', 'delete tag: aud/web:two', 'aud/web:two', true],
    ['admin', `delete artifact: aud/web@${digest}`, `aud/web@${digest}`, true],
    ['admin', 'delete repository: aud/web', 'aud/web', true],
    ['admin', 'update configuration', 'configuration', true],
    ['admin', 'update configuration', 'configuration', false],
  ]);
  const { body } = await call(sandbox, 'GET projects/aud/auditlog-exts?q=operation=pull');
  expect(body).toHaveLength(1);
});

it('writes down every push, and each artifact of a repository that is deleted', async () => {
  const digests: string[] = [];
  const entries = await since(async () => {
    await call(sandbox, 'POST projects', { project_name: 'again' });
    for (const [tag, content] of [
      ['one', 'x'],
      ['one', 'x'],
      ['latest', 'x'],
      ['two', 'y'],
    ] as const)
      digests.push((await pushImage(sandbox, 'again/app', tag, { content })).digest);
    await call(sandbox, 'DELETE projects/again/repositories/app');
  });
  const [x, y] = [digests[0]!, digests[3]!];
  const pushed = (tag: string, digest: string) => [`push artifact: again/app@${digest}`, `again/app:${tag}`];
  expect(entries.map(([, ...entry]) => entry.slice(0, 2))).toEqual([
    ['create project: again', 'again'],
    pushed('one', x),
    pushed('one', x),
    pushed('latest', x),
    pushed('two', y),
    [`delete artifact: again/app@${x}`, `again/app@${x}`],
    [`delete artifact: again/app@${y}`, `again/app@${y}`],
    ['delete repository: again/app', 'again/app'],
  ]);
});

it('writes nothing of the types that are disabled', async () => {
  await call(sandbox, 'PUT configurations', { disabled_audit_log_event_types: 'create_project, update_configuration' });
  const entries = await since(async () => {
    await call(sandbox, 'POST projects', { project_name: 'silent' });
    await call(sandbox, 'DELETE projects/silent');
    await call(sandbox, 'PUT configurations', { disabled_audit_log_event_types: '' });
  });
  expect(entries.map(([, description]) => description)).toEqual(['delete project: silent', 'update configuration']);
});

it('shows a user the entries of projects whose log they may read, and an anonymous caller none', async () => {
  const { id } = await call(sandbox, 'POST users', user('reader'));
  await call(sandbox, 'POST projects', { project_name: 'readable' });
  await call(sandbox, 'POST projects/readable/members', { role_id: 1, member_user: { user_id: id } });
  const { body } = await call(sandbox, 'GET auditlog-exts', undefined, { as: 'reader:Passw0rd1' });
  expect((body as Entry[]).map(({ resource }) => resource)).toEqual(['readable']);
  expect((await call(sandbox, 'GET auditlog-exts', undefined, { as: null })).status).toBe(401);
  for (const path of ['audit-logs', 'projects/readable/logs'])
    expect((await call(sandbox, `GET ${path}`)).body).toEqual([]);
});
