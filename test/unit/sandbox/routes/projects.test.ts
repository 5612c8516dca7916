import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../../../src/upstream';
import { call } from '../api-client';

let sandbox: Sandbox;
let upstream: FixtureUpstream;
let registryId: number;

beforeAll(async () => {
  [sandbox, upstream] = await Promise.all([startSandbox({ timeScale: 0.01 }), startFixtureUpstream()]);
  const registry = { name: 'up', type: 'docker-registry', url: upstream.url };
  registryId = (await call(sandbox, 'POST registries', registry)).id;
  await call(sandbox, 'POST users', {
    username: 'alice',
    email: 'alice@example.com',
    realname: 'Alice',
    password: 'Passw0rd1',
  });
});
afterAll(async () => {
  await sandbox.close();
  await upstream.close();
});

const metadataOf = async (name: string) => (await call(sandbox, `GET projects/${name}`)).body.metadata;

describe('POST /projects', () => {
  it('gives a proxy project a retention policy of seven days, and drops content trust', async () => {
    const metadata = { public: 'true', enable_content_trust: 'true', proxy_speed_kb: '100' };
    await call(sandbox, 'POST projects', { project_name: 'proxy', registry_id: registryId, metadata });
    const { retention_id, ...shown } = await metadataOf('proxy');
    expect(shown).toEqual({ public: 'true', proxy_speed_kb: '100' });
    const policy = (await call(sandbox, `GET retentions/${retention_id}`)).body;
    expect(policy.rules[0].params).toEqual({ nDaysSinceLastPull: 7 });
    expect(Date.parse(policy.trigger.settings.next_scheduled_time)).toBeGreaterThan(Date.now());
  });

  it('drops the proxy keys of an ordinary project', async () => {
    const metadata = { proxy_speed_kb: '1', max_upstream_conn: '1', proxy_cache_local_on_not_found: 'true' };
    await call(sandbox, 'POST projects', { project_name: 'plain', metadata });
    expect(await metadataOf('plain')).toEqual({ public: 'false', proxy_cache_local_on_not_found: 'true' });
  });

  it('puts the name in Location when asked, and takes the old public flag', async () => {
    const headers = { 'x-resource-name-in-location': 'true' };
    const answer = await call(sandbox, 'POST projects', { project_name: 'named', public: true }, { headers });
    expect(answer.headers.get('location')).toBe('/api/v2.0/projects/named');
    expect(await metadataOf('named')).toEqual({ public: 'true' });
  });

  it.each([
    [{ metadata: { max_upstream_conn: 'many' } }, 400, /^metadata\.max_upstream_conn should be an int, but got 'many'/],
    [
      { metadata: { proxy_speed_kb: '3000000000' } },
      400,
      /^metadata\.proxy_speed_kb should by an int32.*out of range$/,
    ],
    [{ metadata: { retention_id: '1' } }, 400, /^bad request: the retention_id in the request's payload/],
    [{ storage_limit: 1125899906842625 }, 400, /^bad request: exceeded 1024TB/],
  ])('refuses %j in a proxy project', async (more, status, message) => {
    const answer = await call(sandbox, 'POST projects', { project_name: 'no', registry_id: registryId, ...more });
    expect(answer.status).toBe(status);
    expect(answer.message).toMatch(message);
  });

  it('gives a user who is not an admin the default quota, and no proxy project', async () => {
    const as = 'alice:Passw0rd1';
    await call(sandbox, 'PUT configurations', { storage_per_project: 7777 });
    await call(sandbox, 'POST projects', { project_name: 'alices', storage_limit: 5 }, { as });
    const proxy = await call(sandbox, 'POST projects', { project_name: 'no', registry_id: registryId }, { as });
    await call(sandbox, 'PUT configurations', { storage_per_project: -1 });
    expect((await call(sandbox, 'GET projects/alices/summary', undefined, { as })).body.quota.hard.storage).toBe(7777);
    expect([proxy.status, proxy.message]).toEqual([403, 'Only system admin can create proxy cache project']);
  });

  it('is for admins alone when so configured', async () => {
    await call(sandbox, 'PUT configurations', { project_creation_restriction: 'adminonly' });
    const answer = await call(sandbox, 'POST projects', { project_name: 'no' }, { as: 'alice:Passw0rd1' });
    await call(sandbox, 'PUT configurations', { project_creation_restriction: 'everyone' });
    expect([answer.status, answer.message]).toEqual([403, 'Only system admin can create project']);
  });
});

describe('PUT /projects/{p}', () => {
  beforeAll(() => call(sandbox, 'POST projects', { project_name: 'changed' }));

  it('keeps metadata that was not sent, and shows the severity in lower case', async () => {
    await call(sandbox, 'PUT projects/changed', { metadata: { severity: 'HIGH', auto_scan: 'whatever' } });
    expect(await metadataOf('changed')).toEqual({ public: 'false', severity: 'high', auto_scan: 'whatever' });
  });

  it('sets the allowlist', async () => {
    const cve_allowlist = { items: [{ cve_id: 'CVE-2026-1' }], expires_at: 1893456000 };
    await call(sandbox, 'PUT projects/changed', { cve_allowlist });
    expect((await call(sandbox, 'GET projects/changed')).body.cve_allowlist).toMatchObject(cve_allowlist);
  });

  it.each([
    [{ cve_allowlist: { items: [{ cve_id: 'A' }, { cve_id: 'A' }] } }, 500],
    [{ cve_allowlist: { items: [{ cve_id: ' ' }] } }, 500],
    [{ cve_allowlist: { project_id: 999, items: [] } }, 400],
    [{ metadata: { retention_id: '999' } }, 400],
  ])('refuses %j with %i', async (body, status) => {
    expect((await call(sandbox, 'PUT projects/changed', body)).status).toBe(status);
  });
});

describe('GET /projects', () => {
  it.each([
    ['anonymous', null, false],
    ['a member', 'alice:Passw0rd1', true],
    ['the admin', 'admin:Harbor12345', true],
  ])('shows a private project to %s: %s', async (_who, as, seen) => {
    const answer = await call(sandbox, 'GET projects?name=alices', undefined, { as });
    expect(answer.headers.get('x-total-count')).toBe(seen ? '1' : '0');
  });

  it('pages through everything exactly once', async () => {
    const names: string[] = [];
    for (let page = 1; page <= 4; page++)
      names.push(
        ...(await call(sandbox, `GET projects?page=${page}&page_size=2`)).body.map((p: { name: string }) => p.name),
      );
    const all = (await call(sandbox, 'GET projects?page_size=0')).body.map((p: { name: string }) => p.name);
    expect(names.slice(0, all.length)).toEqual(all);
    expect([...all].sort()).toEqual(all);
  });
});

describe('a project by name or by id', () => {
  it('reads a number as an id, unless the header declares a name', async () => {
    await call(sandbox, 'POST projects', { project_name: '1' });
    const headers = { 'x-is-resource-name': 'true' };
    expect((await call(sandbox, 'GET projects/1')).body.name).toBe('library');
    expect((await call(sandbox, 'GET projects/1', undefined, { headers })).body.name).toBe('1');
  });

  it.each([
    ['admin:Harbor12345', 404],
    ['alice:Passw0rd1', 403],
    [null, 401],
  ])('that does not exist returns %s with %i', async (as, status) => {
    expect((await call(sandbox, 'GET projects/nosuch', undefined, { as })).status).toBe(status);
  });
});

describe('DELETE /projects/{p}', () => {
  it('takes quota and robots along, frees the name and never reuses the id', async () => {
    const first = await call(sandbox, 'POST projects', { project_name: 'gone' });
    await call(sandbox, 'POST robots', {
      name: 'r',
      level: 'project',
      duration: 1,
      permissions: [{ kind: 'project', namespace: 'gone', access: [{ resource: 'repository', action: 'pull' }] }],
    });
    expect((await call(sandbox, 'DELETE projects/gone')).status).toBe(200);
    expect((await call(sandbox, `GET quotas?reference=project&reference_id=${first.id}`)).body).toEqual([]);
    expect(sandbox.store.robots.all()).toEqual([]);
    expect((await call(sandbox, 'POST projects', { project_name: 'gone' })).id).toBeGreaterThan(first.id);
  });

  it('refuses while there are repositories, as _deletable reports before', async () => {
    const { id } = await call(sandbox, 'POST projects', { project_name: 'full' });
    const times = { creationTime: 1, updateTime: 1 };
    sandbox.store.repositories.insert({ ...times, projectId: id, name: 'full/a/b', description: '', pullCount: 0 });
    const message = 'the project contains repositories, can not be deleted';
    expect((await call(sandbox, 'GET projects/full/_deletable')).body).toEqual({ message });
    const answer = await call(sandbox, 'DELETE projects/full');
    expect([answer.status, answer.message]).toEqual([412, `precondition failed: ${message}`]);
    expect((await call(sandbox, 'DELETE projects/full/repositories/a%252Fb')).status).toBe(200);
    expect((await call(sandbox, 'DELETE projects/full')).status).toBe(200);
  });
});

describe('/projects/{p}/metadatas', () => {
  beforeAll(() => call(sandbox, 'POST projects', { project_name: 'meta' }));

  it.each([
    ['POST projects/meta/metadatas/', { auto_scan: '1' }, 200, { auto_scan: 'true' }],
    ['POST projects/meta/metadatas/', { auto_scan: 'true' }, 409, { auto_scan: 'true' }],
    ['POST projects/meta/metadatas', { severity: 'Critical' }, 200, { severity: 'critical' }],
    ['PUT projects/meta/metadatas/severity', { severity: 'low' }, 200, { severity: 'low' }],
    ['PUT projects/meta/metadatas/prevent_vul', { prevent_vul: 'true' }, 200, { prevent_vul: undefined }],
    ['POST projects/meta/metadatas', { a: '1', b: '2' }, 400, {}],
    ['POST projects/meta/metadatas', { nosuch: '1' }, 400, {}],
    ['POST projects/meta/metadatas', { public: 'perhaps' }, 400, { public: 'false' }],
    ['POST projects/meta/metadatas', { proxy_speed_kb: 'x' }, 400, {}],
    ['POST projects/meta/metadatas', { retention_id: '1' }, 400, {}],
    ['DELETE projects/meta/metadatas/severity', undefined, 200, { severity: undefined }],
  ])('%s %j: %i', async (line, body, status, expected) => {
    expect((await call(sandbox, line, body)).status).toBe(status);
    const raw = (await call(sandbox, 'GET projects/meta/metadatas/')).body;
    for (const [key, value] of Object.entries(expected)) expect(raw[key]).toBe(value);
  });
});
