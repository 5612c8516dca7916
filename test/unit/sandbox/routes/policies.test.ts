import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';

let sandbox: Sandbox;
let projectId: number;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  projectId = (await call(sandbox, 'POST projects', { project_name: 'kept', storage_limit: 1000 })).id;
});
afterAll(() => sandbox.close());

const rule = (days: number) => ({
  action: 'retain',
  template: 'nDaysSinceLastPull',
  params: { nDaysSinceLastPull: days },
});
const policy = (more: object = {}) => ({
  algorithm: 'or',
  scope: { level: 'project', ref: projectId },
  trigger: { kind: 'Schedule', settings: { cron: '0 0 3 * * *' } },
  rules: [rule(1)],
  ...more,
});

describe('/retentions', () => {
  it.each([
    [{ rules: [rule(1), rule(1)] }, 409, 'resource conflict: rule 1 is conflict with rule 0'],
    [{ rules: Array.from({ length: 16 }, (_, i) => rule(i)) }, 400, 'bad request: only 15 rules are allowed at most'],
    [{ scope: { level: 'project', ref: 999 } }, 400, 'bad request: invalid Project id 999'],
    [{ scope: { level: 'system', ref: 1 } }, 400, 'bad request: scope system is not support'],
  ])('POST refuses %#', async (more, status, message) => {
    const answer = await call(sandbox, 'POST retentions', policy(more));
    expect([answer.status, answer.message]).toEqual([status, message]);
  });

  it('ties a policy to its project, one to one, until it is deleted', async () => {
    const { id } = await call(sandbox, 'POST retentions', policy());
    const metadata = async () => (await call(sandbox, 'GET projects/kept')).body.metadata;
    expect((await metadata()).retention_id).toBe(String(id));
    expect((await call(sandbox, 'POST retentions', policy())).message).toMatch(/already has retention policy/);
    expect((await call(sandbox, `PUT retentions/${id}`, policy({ scope: { level: 'project', ref: 1 } }))).status).toBe(
      404,
    );
    expect((await call(sandbox, `DELETE retentions/${id}`)).status).toBe(200);
    expect(await metadata()).toEqual({ public: 'false' });
    expect((await call(sandbox, `GET retentions/${id}`)).status).toBe(500);
    expect((await call(sandbox, `DELETE retentions/${id}`)).status).toBe(400);
  });
});

describe('/configurations', () => {
  it.each([
    [{ ldap_scope: 3 }, 400, /item name ldap_scope: invalid scope, should be 0, 1 or 2/],
    [{ project_creation_restriction: 'x' }, 400, /should be adminonly or everyone/],
    [{ ldap_uid: '' }, 400, /item name ldap_uid: the configure value can not be empty/],
    [{ token_expiration: -1 }, 400, /^the token_expiration value must be positive$/],
    [{ read_only: 'true' }, 422, /cannot unmarshal string into Go struct field Configurations.read_only of type bool/],
  ])('PUT refuses %j', async (body, status, message) => {
    const answer = await call(sandbox, 'PUT configurations', body);
    expect(answer.status).toBe(status);
    expect(answer.message).toMatch(message);
  });

  it('never returns a secret', async () => {
    await call(sandbox, 'PUT configurations', {
      oidc_client_secret: 'very-secret',
      ldap_search_password: 'very-secret',
    });
    const text = JSON.stringify((await call(sandbox, 'GET configurations')).body);
    expect(text).not.toContain('very-secret');
    expect(text).not.toContain('oidc_client_secret');
  });

  it('is closed to every robot', async () => {
    const permissions = [{ kind: 'system', namespace: '/', access: [{ resource: 'project', action: 'list' }] }];
    const { body } = await call(sandbox, 'POST robots', { name: 'r', level: 'system', duration: 1, permissions });
    const as = `${body.name}:${body.secret}`;
    expect((await call(sandbox, 'GET configurations', undefined, { as })).status).toBe(403);
    expect((await call(sandbox, 'PUT configurations', {}, { as })).status).toBe(403);
  });
});

describe('/quotas', () => {
  it('shows the newest first, and by creation when asked', async () => {
    await call(sandbox, 'POST projects', { project_name: 'newer' });
    const names = async (query: string) =>
      (await call(sandbox, `GET quotas${query}`)).body.map(({ ref }: { ref: { name: string } }) => ref.name);
    expect(await names('')).toEqual(['newer', 'kept', 'library']);
    expect(await names('?sort=creation_time')).toEqual(['library', 'kept', 'newer']);
  });

  it('cannot be more than a pebibyte', async () => {
    const [{ id }] = (await call(sandbox, `GET quotas?reference=project&reference_id=${projectId}`)).body;
    const answer = await call(sandbox, `PUT quotas/${id}`, { hard: { storage: 1024 ** 5 + 1 } });
    expect([answer.status, answer.message]).toEqual([400, expect.stringMatching(/^exceeded 1024TB/)]);
  });
});

describe('/system/CVEAllowlist', () => {
  it('can be read by any user and written by an administrator', async () => {
    const items = [{ cve_id: 'CVE-2026-1' }];
    expect((await call(sandbox, 'PUT system/CVEAllowlist', { items })).status).toBe(200);
    expect((await call(sandbox, 'GET system/CVEAllowlist')).body).toMatchObject({ items });
    expect((await call(sandbox, 'GET system/CVEAllowlist', undefined, { as: null })).status).toBe(401);
  });
});

describe('/labels', () => {
  it.each([
    ['GET labels', undefined, 400, 'invalid scope: '],
    ['GET labels?scope=p', undefined, 400, 'must with project ID when to query project labels'],
    ['POST labels', { name: 'x', scope: 'z' }, 400, 'unsupported label scope'],
    ['DELETE labels/99', undefined, 404, 'label 99 not found'],
  ])('%s %j: %i', async (line, body, status, message) => {
    const answer = await call(sandbox, line, body);
    expect([answer.status, answer.message]).toEqual([status, message]);
  });

  it('are unique within their scope', async () => {
    const label = { name: 'x', scope: 'p', project_id: projectId };
    expect((await call(sandbox, 'POST labels', label)).status).toBe(201);
    expect((await call(sandbox, 'POST labels', label)).message).toBe('label x already exists');
    expect((await call(sandbox, 'POST labels', { ...label, scope: 'g' })).status).toBe(201);
  });
});
