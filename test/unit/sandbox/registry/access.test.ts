import { decode } from 'jsonwebtoken';
import { ADMIN, basic, PASSWORD, startRegistryHarness, type RegistryHarness } from './registry-harness';

let registry: RegistryHarness;
let guest: string;
let developer: string;
beforeAll(async () => {
  registry = await startRegistryHarness();
  const project = registry.addProject('secret', { creationTime: Date.now() - 1_000_000 });
  registry.addProject('open', { metadata: { public: 'true' }, creationTime: Date.now() - 1_000_000 });
  guest = registry.addUser('guest', 3, project);
  developer = registry.addUser('developer', 2, project);
});
afterAll(() => registry.close());

const anonymous = (method: string, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(registry.url + path, { method, headers });

async function token(scope: string, authorization?: string): Promise<string> {
  const answer = await anonymous(
    'GET',
    `/service/token?service=harbor-registry&scope=${scope}`,
    authorization ? { authorization } : {},
  );
  return ((await answer.json()) as { token: string }).token;
}

async function refusal(answer: Response): Promise<[number, string | null, string]> {
  const body = (await answer.json()) as { errors: [{ message: string }] };
  return [answer.status, answer.headers.get('www-authenticate'), body.errors[0].message];
}

describe('the challenge', () => {
  const bearer = (scope = '') => `Bearer realm="${registry.url}/service/token",service="harbor-registry"${scope}`;
  const needsHeader = 'authorize header needed to send HEAD to repository';

  it.each([
    ['GET', '/v2/', '', 'unauthorized'],
    ['GET', '/v2/open/x/manifests/1', ',scope="repository:open/x:pull"', needsHeader],
    ['GET', '/v2/none/x/tags/list', ',scope="repository:none/x:pull"', needsHeader],
    [
      'POST',
      '/v2/open/x/blobs/uploads/',
      ',scope="repository:open/x:pull,push"',
      'unauthorized to access repository: open/x, action: push',
    ],
    [
      'POST',
      '/v2/open/x/blobs/uploads/?mount=y&from=secret/z',
      ',scope="repository:open/x:pull,push repository:secret/z:pull"',
      'unauthorized to access repository: open/x, action: push',
    ],
    [
      'DELETE',
      '/v2/open/x/manifests/1',
      ',scope="repository:open/x:delete"',
      'unauthorized to access repository: open/x, action: delete',
    ],
  ])('%s %s without credentials', async (method, path, scope, message) => {
    expect(await refusal(await anonymous(method, path))).toEqual([401, bearer(scope), `${message}: ${message}`]);
  });

  it.each([
    ['/v2/_catalog', 'Basic realm="harbor"', 'unauthorized to list catalog'],
    ['/v2', '', 'un-recognized request: GET /v2'],
    ['/v2/open/UPPER/manifests/1', '', 'un-recognized request: GET /v2/open/UPPER/manifests/1'],
    ['/v2/open/x/blobs/nonsense', '', 'un-recognized request: GET /v2/open/x/blobs/nonsense'],
  ])('GET %s without credentials', async (path, challenge, message) => {
    expect(await refusal(await anonymous('GET', path))).toEqual([401, challenge, `${message}: ${message}`]);
  });

  it.each([
    ['/v2/secret/x/manifests/1', 'Basic realm="harbor"', 'unauthorized to access repository: secret/x, action: pull'],
    ['/v2/none/x/manifests/1', '', 'project none not found'],
  ])('GET %s with credentials that do not suffice', async (path, challenge, message) => {
    const answer = await anonymous('GET', path, { authorization: basic('ghost', 'wrong') });
    expect(await refusal(answer)).toEqual([401, challenge, `${message}: ${message}`]);
  });

  it('returns 400 for a repository without a project', async () => {
    const answer = await anonymous('GET', '/v2/alone/manifests/1');
    expect(await answer.json()).toEqual({
      errors: [{ code: 'BAD_REQUEST', message: 'bad request: invalid repository name: alone' }],
    });
  });
});

describe('tokens', () => {
  it.each([
    ['the administrator', () => ADMIN, ['pull', 'push', 'delete']],
    ['a guest', () => guest, ['pull']],
    ['a developer', () => developer, ['pull', 'push']],
    ['a wrong password', () => basic('guest', 'wrong'), []],
    ['nobody', () => undefined, []],
  ])('of %s contain all permitted actions, whatever was requested', async (_who, authorization, actions) => {
    const claims = decode(await token('repository:secret/x:pull', authorization())) as { access: unknown };
    expect(claims.access).toEqual([{ type: 'repository', name: 'secret/x', actions }]);
  });

  it.each([
    ['repository:none/x:pull', [{ type: 'repository', name: 'none/x', actions: [] }]],
    ['repository:alone:pull', [{ type: 'repository', name: 'alone', actions: [] }]],
    ['registry:catalog:*', [{ type: 'registry', name: 'catalog', actions: ['*'] }]],
    ['nonsense:x:y', [{ type: 'nonsense', name: 'x', actions: [] }]],
    [
      'repository:secret/a:pull%20repository:open/b:pull',
      [
        { type: 'repository', name: 'secret/a', actions: ['pull', 'push', 'delete'] },
        { type: 'repository', name: 'open/b', actions: ['pull', 'push', 'delete'] },
      ],
    ],
  ])('for %s', async (scope, access) => {
    expect((decode(await token(scope, ADMIN)) as { access: unknown }).access).toEqual(access);
  });

  it('carry the claims that Harbor puts in, and no sub for anonymous', async () => {
    const claims = decode(await token('repository:open/x:pull', guest)) as Record<string, unknown>;
    expect(claims).toMatchObject({ iss: 'harbor-token-issuer', aud: 'harbor-registry', sub: 'guest' });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(1800);
    const own = decode(await token('repository:open/x:pull'), { complete: true });
    expect(own!.payload).not.toHaveProperty('sub');
    expect(own!.header.kid).toMatch(/^([A-Z2-7]{4}:){11}[A-Z2-7]{4}$/);
  });

  it.each([
    ['?service=harbor-registry', undefined, 401, ''],
    ['?service=harbor-registry', basic('guest', 'wrong'), 401, ''],
    ['?service=<b>', ADMIN, 400, 'Unable to handle service: &lt;b&gt;'],
    ['', ADMIN, 400, 'Unable to handle service: '],
  ])('GET /service/token%s', async (query, authorization, status, text) => {
    const headers: Record<string, string> = authorization ? { authorization } : {};
    const answer = await anonymous('GET', `/service/token${query}`, headers);
    expect([answer.status, await answer.text()]).toEqual([status, text]);
  });

  it('cannot be asked for with POST', async () => {
    expect((await anonymous('POST', '/service/token')).status).toBe(405);
  });

  it('open a repository of their project and nothing else, not even a public one', async () => {
    const authorization = `Bearer ${await token('repository:secret/x:pull', guest)}`;
    const get = async (path: string) => (await anonymous('GET', path, { authorization })).status;
    expect(await get('/v2/secret/other/tags/list')).toBe(404);
    expect(await get('/v2/open/x/tags/list')).toBe(401);
    expect(await get('/v2/')).toBe(200);
  });

  it('of anonymous do not log in', async () => {
    const authorization = `Bearer ${await token('repository:open/x:pull')}`;
    expect((await anonymous('GET', '/v2/', { authorization })).status).toBe(401);
    expect((await anonymous('GET', '/v2/open/x/tags/list', { authorization })).status).toBe(404);
  });

  it('that someone else signed do not count', async () => {
    const other = await startRegistryHarness();
    const answer = await fetch(`${other.url}/service/token?service=harbor-registry&scope=repository:library/x:pull`, {
      headers: { authorization: ADMIN },
    });
    const foreign = ((await answer.json()) as { token: string }).token;
    await other.close();
    expect((await anonymous('GET', '/v2/', { authorization: `Bearer ${foreign}` })).status).toBe(401);
  });

  it('do not open a project that was created after them', async () => {
    const authorization = `Bearer ${await token('repository:secret/x:pull', ADMIN)}`;
    const project = registry.store.projects.find('name', 'secret')!;
    registry.store.projects.update(project.id, { creationTime: Date.now() + 120_000 });
    expect((await anonymous('GET', '/v2/secret/x/tags/list', { authorization })).status).toBe(401);
    registry.store.projects.update(project.id, { creationTime: project.creationTime });
    expect((await anonymous('GET', '/v2/secret/x/tags/list', { authorization })).status).toBe(404);
  });
});

it('takes Basic directly on /v2/', async () => {
  const answer = await anonymous('GET', '/v2/', { authorization: basic('guest', PASSWORD) });
  expect([answer.status, await answer.json()]).toEqual([200, {}]);
});
