import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';
import { pushImage } from '../push-image';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  for (const name of ['ga', 'gb', 'gc']) {
    await call(sandbox, 'POST labels', { name, scope: 'g' });
    await call(sandbox, 'POST projects', { project_name: name, metadata: { public: String(name === 'ga') } });
  }
  await call(sandbox, 'POST users', {
    username: 'Mia',
    email: 'mia@example.com',
    realname: 'Mia',
    password: 'Passw0rd1',
  });
});
afterAll(() => sandbox.close());

const names = async (path: string): Promise<string[]> =>
  ((await call(sandbox, `GET ${path}`)).body as { name: string }[]).map(({ name }) => name);

describe('pages', () => {
  it.each([
    ['page=0&page_size=2', ['ga', 'gb'], 'page=1&'],
    ['page=-1&page_size=2', ['ga', 'gb'], 'page=0&'],
    ['page=2&page_size=2', ['gc'], 'page=1&'],
    ['page_size=0', ['ga', 'gb', 'gc'], undefined],
    ['page=9&page_size=2', [], undefined],
  ])('%s', async (query, wanted, link) => {
    const { body, headers } = await call(sandbox, `GET labels?scope=g&sort=name&${query}`);
    expect((body as { name: string }[]).map(({ name }) => name)).toEqual(wanted);
    if (link === undefined) expect(headers.get('link')).toBeNull();
    else expect(headers.get('link')).toContain(link);
  });
});

it('sorts by default if no key of the sort is known', async () => {
  expect(await names('projects?name=g&sort=nonsense')).toEqual(['ga', 'gb', 'gc']);
  expect(await names('projects?name=g&sort=nonsense,-name')).toEqual(['gc', 'gb', 'ga']);
});

it('leaves out the details of projects on demand', async () => {
  const [project] = (await call(sandbox, 'GET projects?name=ga&with_detail=false')).body;
  expect(Object.keys(project)).not.toContain('metadata');
  expect(project.cve_allowlist.items).toBeNull();
});

it('keeps labels of projects that are not there out of the global ones', async () => {
  expect((await call(sandbox, 'POST labels', { name: 'lost', scope: 'p' })).status).toBe(201);
  expect(await names('labels?scope=g')).not.toContain('lost');
  expect((await call(sandbox, 'POST labels', { name: 'x'.repeat(129), scope: 'g' })).status).toBe(500);
});

describe('statistics and search', () => {
  beforeAll(() => pushImage(sandbox, 'gb/tools/hammer', 'v1'));

  it('counts for an administrator, for a member and for a stranger', async () => {
    const count = async (as: string) => (await call(sandbox, 'GET statistics', undefined, { as })).body;
    expect(await count('admin:Harbor12345')).toMatchObject({
      private_project_count: 2,
      private_repo_count: 1,
      public_project_count: 2,
      total_project_count: 4,
      total_repo_count: 1,
    });
    expect(await count('Mia:Passw0rd1')).toEqual({
      private_project_count: 0,
      private_repo_count: 0,
      public_project_count: 2,
      public_repo_count: 0,
      total_project_count: 0,
      total_repo_count: 0,
      total_storage_consumption: 0,
    });
    expect((await call(sandbox, 'GET statistics', undefined, { as: null })).status).toBe(401);
  });

  it('finds projects by their name as written, repositories in any case, and hides what is private', async () => {
    const found = async (q: string, as: string | null) =>
      (await call(sandbox, `GET search?q=${q}`, undefined, { as })).body as {
        project: { name: string }[];
        repository: object[];
      };
    const hammer = await found('HAMMER', 'admin:Harbor12345');
    expect(hammer.repository).toEqual([
      { artifact_count: 1, project_id: expect.any(Number), project_name: 'gb', repository_name: 'gb/tools/hammer' },
    ]);
    expect(await found('hammer', null)).toEqual({ project: [], repository: [] });
    expect((await found('g', null)).project.map(({ name }) => name)).toEqual(['ga']);
    expect((await found('G', 'admin:Harbor12345')).project).toEqual([]);
    expect((await call(sandbox, 'GET search')).status).toBe(422);
  });

  it('finds users and groups closest first, on one page', async () => {
    for (const group_name of ['team-long', 'team', 'Team'])
      await call(sandbox, 'POST usergroups', { group_name, group_type: 3 });
    const { body, headers } = await call(sandbox, 'GET usergroups/search?groupname=team&page_size=1&page=2');
    expect((body as { group_name: string }[]).map(({ group_name }) => group_name)).toEqual(['team']);
    expect(headers.get('x-total-count')).toBe('3');
    expect((await call(sandbox, 'GET users/search?username=Mi')).body).toHaveLength(1);
    expect((await call(sandbox, 'GET users/search?username=mi')).body).toEqual([]);
  });
});

describe('names of groups', () => {
  it.each([
    [{ group_name: 'web', group_type: 2 }, 201, undefined],
    [{ group_name: 'web', group_type: 2 }, 409, 'duplicate user group, group name:web, group type: 2, ldap group DN: '],
    [{ group_name: 'web', group_type: 3 }, 409, 'duplicated user group name'],
    [{ group_name: 'oidc', group_type: 3 }, 201, undefined],
    [{ group_name: 'oidc', group_type: 2 }, 500, 'internal server error'],
    [{ group_name: 'dir', group_type: 1, ldap_group_dn: 'CN=x' }, 400, 'LDAP Group DN is not found: DN:CN=x'],
  ])('POST %j is %i', async (body, status, message) => {
    const answer = await call(sandbox, 'POST usergroups', body);
    expect([answer.status, answer.message]).toEqual([status, message]);
  });

  it('deletes a group that is not there', async () => {
    expect((await call(sandbox, 'DELETE usergroups/4711')).status).toBe(200);
    expect((await call(sandbox, 'DELETE usergroups/0')).status).toBe(400);
  });
});

describe('robots', () => {
  const pair = (resource: string, action: string) => ({ resource, action });
  const robot = (name: string, permissions: object[], level = 'system') => ({ name, level, duration: 5, permissions });

  it('unites permissions for one namespace, without doubles', async () => {
    const block = (...access: object[]) => ({ kind: 'project', namespace: 'gb', access });
    const permissions = [
      block(pair('tag', 'list')),
      block(pair('tag', 'list'), pair('repository', 'pull')),
      { kind: 'project', namespace: '*', access: [pair('tag', 'list')] },
    ];
    const { body: created } = await call(sandbox, 'POST robots', robot('united', permissions));
    const { body } = await call(sandbox, `GET robots/${created.id}`);
    expect(body.permissions).toEqual([block(pair('tag', 'list'), pair('repository', 'pull')), permissions[2]]);
    await call(sandbox, 'DELETE projects/gc');
  });

  it('forgets a project that is deleted, also when its name comes back', async () => {
    await call(sandbox, 'POST projects', { project_name: 'phoenix' });
    const only = [{ kind: 'project', namespace: 'phoenix', access: [pair('tag', 'list')] }];
    const { body: created } = await call(sandbox, 'POST robots', robot('rises', only));
    await call(sandbox, 'DELETE projects/phoenix');
    await call(sandbox, 'POST projects', { project_name: 'phoenix' });
    expect((await call(sandbox, `GET robots/${created.id}`)).body.permissions).toEqual([]);
  });

  it.each([
    ['Level=project,ProjectID=PID', 200, ['ga+own']],
    ['Level=system,ProjectID=PID', 200, ['rises', 'united']],
    ['ProjectID=PID', 200, ['rises', 'united']],
    ['level=project,project_id=PID', 200, []],
    ['Level=project', 400, undefined],
    ['Level=~system', 500, undefined],
  ])('lists by %s', async (q, status, wanted) => {
    const { body: ga } = await call(sandbox, 'GET projects/ga');
    const own = [{ kind: 'project', namespace: 'ga', access: [pair('tag', 'list')] }];
    await call(sandbox, 'POST robots', robot('own', own, 'project'));
    const query = encodeURIComponent(q.replace('PID', ga.project_id));
    const answer = await call(sandbox, `GET robots?q=${query}&sort=name`);
    expect(answer.status).toBe(status);
    if (wanted) expect(answer.body.map(({ name }: { name: string }) => name.replace('robot$', ''))).toEqual(wanted);
  });
});

describe('preheat', () => {
  const policy = (changes: object) => ({
    name: 'hot',
    provider_id: 1,
    filters: '[]',
    trigger: '{"type":"manual"}',
    ...changes,
  });
  beforeAll(async () => {
    const instance = { name: 'p1', vendor: 'kraken', endpoint: 'x', enabled: true };
    expect((await call(sandbox, 'POST p2p/preheat/instances', instance)).status).toBe(201);
    expect((await call(sandbox, 'POST projects/ga/preheat/policies', policy({}))).status).toBe(201);
  });

  it.each([
    [policy({}), 409, 'policy hot already exists'],
    [policy({ name: 'a b' }), 500, 'internal server error'],
    [policy({ name: 'n1', provider_id: 9 }), 404, 'instance 9 not found'],
    [policy({ name: 'n2', filters: '' }), 500, 'internal server error'],
    [policy({ name: 'n3', filters: '{}' }), 500, 'internal server error'],
    [policy({ name: 'n4', trigger: '' }), 500, 'internal server error'],
    [policy({ name: 'n5', trigger: '{"type":"whatever"}' }), 201, undefined],
    [
      policy({ name: 'n6', trigger: '{"type":"scheduled","trigger_setting":{"cron":"1 2"}}' }),
      400,
      'invalid cron string for scheduled preheat: 1 2, error: expected exactly 6 fields, found 2: [1 2]',
    ],
  ])('POST %j is %i', async (body, status, message) => {
    const answer = await call(sandbox, 'POST projects/ga/preheat/policies', body);
    expect([answer.status, answer.message]).toEqual([status, message]);
  });

  it('changes what the id of the body names, and forgets when that was created', async () => {
    const path = 'projects/ga/preheat/policies/hot';
    expect((await call(sandbox, `PUT ${path}`, policy({}))).message).toBe('policy 0 not found');
    const { body } = await call(sandbox, `GET ${path}`);
    expect((await call(sandbox, `PUT ${path}`, policy({ id: body.id, name: 'cool' }))).status).toBe(200);
    expect((await call(sandbox, 'GET projects/ga/preheat/policies/cool')).body).toMatchObject({
      id: body.id,
      creation_time: '0001-01-01T00:00:00.000Z',
    });
    expect((await call(sandbox, `PUT projects/gb/preheat/policies/cool`, policy({ id: body.id }))).message).toMatch(
      /^resource not found: project id \d+ does not match$/,
    );
  });

  it('neither disables nor deletes an instance that a policy uses, nor changes its vendor', async () => {
    const [refused, other] = [{ id: 1, name: 'p1', vendor: 'kraken', endpoint: 'x' }, 'dragonfly'];
    const message = (what: string) => `Provider [p1] cannot be ${what} as some preheat policies are using it`;
    expect((await call(sandbox, 'PUT p2p/preheat/instances/p1', refused)).message).toBe(message('disabled'));
    expect((await call(sandbox, 'DELETE p2p/preheat/instances/p1')).message).toBe(message('deleted'));
    const changed = { ...refused, enabled: true, vendor: other };
    expect((await call(sandbox, 'PUT p2p/preheat/instances/p1', changed)).status).toBe(500);
    expect((await call(sandbox, 'GET projects/ga/preheat/providers')).body).toEqual([
      { enabled: true, id: 1, provider: 'kraken p1-x' },
    ]);
  });
});

it('shows no runs of webhooks, and forgets when a changed policy was created', async () => {
  const body = { name: 'h', event_types: ['PULL_ARTIFACT'], targets: [{ type: 'http', address: 'hooks.example.com' }] };
  const { id } = await call(sandbox, 'POST projects/ga/webhook/policies', body);
  const path = `projects/ga/webhook/policies/${id}`;
  expect((await call(sandbox, `GET ${path}/executions`)).body).toEqual([]);
  expect((await call(sandbox, `GET ${path}/executions/7/tasks`)).message).toBe('execution 7 not found');
  expect((await call(sandbox, `GET projects/ga/webhook/jobs?policy_id=${id}`)).body).toEqual([]);
  expect((await call(sandbox, 'GET projects/ga/webhook/jobs?policy_id=99')).status).toBe(404);
  await call(sandbox, `PUT ${path}`, body);
  expect((await call(sandbox, `GET ${path}`)).body.creation_time).toBe('0001-01-01T00:00:00.000Z');
  const other = await call(sandbox, `GET projects/gb/webhook/policies/${id}`);
  expect(other.message).toMatch(/^resource not found: project id:\d+, webhook policy id: \d+ not found$/);
  expect((await call(sandbox, 'POST projects/ga/webhook/policies', { ...body, name: 'x'.repeat(257) })).status).toBe(
    500,
  );
});

it('remembers an audit endpoint that it refused, and accepts one with a listener', async () => {
  const endpoint = async () => (await call(sandbox, 'GET configurations')).body.audit_log_forward_endpoint.value;
  const dead = '127.0.0.1:1';
  expect(await call(sandbox, 'PUT configurations', { audit_log_forward_endpoint: dead })).toMatchObject({
    status: 400,
    message: `bad request: could not connect to the audit endpoint: ${dead}`,
  });
  expect(await endpoint()).toBe(dead);
  expect((await call(sandbox, 'PUT configurations', { skip_audit_log_database: true })).status).toBe(200);
  const alive = new URL(sandbox.url).host;
  const body = { audit_log_forward_endpoint: alive, skip_audit_log_database: false };
  expect((await call(sandbox, 'PUT configurations', body)).status).toBe(200);
  expect(await endpoint()).toBe(alive);
  expect((await call(sandbox, 'PUT configurations', { audit_log_forward_endpoint: dead })).status).toBe(400);
  expect(await endpoint()).toBe(alive);
});

it.each([
  ['PUT projects/ga/scanner', { uuid: 'none' }, 200, undefined],
  ['PUT projects/ga/scanner', { uuid: '' }, 500, 'internal server error'],
  ['PUT projects/ga/scanner', {}, 422, 'validation failure list:\nvalidation failure list:\nuuid in body is required'],
  ['POST projects/ga/members', { role_id: 1, member_group: { id: 77 } }, 400, 'Group 77 not found'],
  [
    'POST projects/ga/members',
    { role_id: 1, member_user: { user_id: 77 } },
    400,
    'Failed to get user 77: user 77 not found',
  ],
])('%s %j is %i', async (line, body, status, message) => {
  const answer = await call(sandbox, line, body);
  expect([answer.status, answer.message]).toEqual([status, message]);
});
