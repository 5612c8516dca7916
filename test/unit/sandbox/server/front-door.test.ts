import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { call } from '../api-client';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.1 });
});
afterAll(() => sandbox.close());

describe('every answer', () => {
  it('echoes the request id, or makes one', async () => {
    const echoed = await call(sandbox, 'GET ping', undefined, { headers: { 'x-request-id': 'mine' } });
    const made = await call(sandbox, 'GET ping');
    expect(echoed.headers.get('x-request-id')).toBe('mine');
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('sets a sid without a session on a request without a valid one', async () => {
    const without = await call(sandbox, 'GET users/current');
    const sid = /^sid=([0-9a-f]{32}); Path=\/; HttpOnly$/.exec(without.headers.get('set-cookie') ?? '')?.[1];
    const withIt = await call(sandbox, 'GET users/current', undefined, { as: null, headers: { cookie: `sid=${sid}` } });
    const dead = await call(sandbox, 'GET users/current', undefined, { headers: { cookie: `sid=${'0'.repeat(32)}` } });
    expect([without.status, withIt.status]).toEqual([200, 401]);
    expect(withIt.headers.getSetCookie().join()).not.toContain('sid=');
    expect(dead.headers.getSetCookie().join()).toContain('sid=');
  });
});

describe('a login session', () => {
  const login = async (): Promise<{ sid: string; csrf: string; gorilla: string }> => {
    const page = await call(sandbox, 'GET /c/login', undefined, { as: null });
    const csrf = page.headers.get('x-harbor-csrf-token')!;
    const gorilla = /_gorilla_csrf=([^;]+)/.exec(page.headers.getSetCookie().join())![1]!;
    const answer = await call(sandbox, 'POST /c/login', 'principal=admin&password=Harbor12345', {
      as: null,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        cookie: `_gorilla_csrf=${gorilla}`,
        'x-harbor-csrf-token': csrf,
      },
    });
    expect(answer.status).toBe(200);
    const sid = answer.headers.getSetCookie().at(-1)!.slice('sid='.length).split(';', 1)[0]!;
    return { sid, csrf, gorilla };
  };

  it('reads with the cookie alone, and writes with the cookie and the token', async () => {
    const { sid, csrf, gorilla } = await login();
    const write = (headers: Record<string, string>, as: string | null) =>
      call(sandbox, 'POST labels', { name: `l${Math.random()}`, scope: 'g' }, { as, headers });
    expect(
      (await call(sandbox, 'GET registries', undefined, { as: null, headers: { cookie: `sid=${sid}` } })).status,
    ).toBe(200);
    expect((await write({ cookie: `sid=${sid}` }, null)).message).toBe('CSRF token not found in request');
    expect((await write({ cookie: `sid=${sid}` }, 'admin:Harbor12345')).message).toBe(
      'CSRF token not found in request',
    );
    expect((await write({ cookie: `sid=${sid}`, 'x-harbor-csrf-token': 'x' }, null)).message).toBe(
      'CSRF token invalid',
    );
    const both = { cookie: `sid=${sid}; _gorilla_csrf=${gorilla}`, 'x-harbor-csrf-token': csrf };
    expect((await write(both, null)).status).toBe(201);
  });

  it('ends with logging out', async () => {
    const { sid } = await login();
    const headers = { cookie: `sid=${sid}` };
    await call(sandbox, 'GET /c/log_out', undefined, { as: null, headers });
    expect((await call(sandbox, 'GET users/current', undefined, { as: null, headers })).status).toBe(401);
  });
});

describe('wrong credentials', () => {
  it.each([
    ['GET projects', 200],
    ['GET registries', 401],
    ['GET users/current', 401],
    ['POST projects', 401],
  ])('%s continues as anonymous: %i', async (line, status) => {
    const body = line.startsWith('POST') ? { project_name: 'x' } : undefined;
    expect((await call(sandbox, line, body, { as: 'ghost:wrong' })).status).toBe(status);
  });

  it('cost 1.5 s of the clock', async () => {
    const start = performance.now();
    await call(sandbox, 'GET ping', undefined, { as: 'admin:wrong' });
    expect(performance.now() - start).toBeGreaterThanOrEqual(140);
  });
});

describe('read-only mode', () => {
  beforeAll(() => call(sandbox, 'PUT configurations', { read_only: true }));
  afterAll(() => call(sandbox, 'PUT configurations', { read_only: false }));

  it.each([
    ['GET projects', undefined, 200],
    ['HEAD projects?project_name=library', undefined, 200],
    ['POST projects', { project_name: 'x' }, 403],
    ['DELETE projects/library', undefined, 403],
    ['PUT configurations', { banner_message: '' }, 200],
  ])('%s: %#', async (line, body, status) => {
    expect((await call(sandbox, line, body)).status).toBe(status);
  });
});

describe('what no handler sees', () => {
  it.each([
    ['GET nope', undefined, 404, 'path /api/v2.0/nope was not found'],
    ['PATCH quotas/1', undefined, 405, /^method PATCH is not allowed, but \[(GET,PUT|PUT,GET)\] are$/],
    ['HEAD registries', undefined, 405, undefined],
    [
      'GET projects?page_size=101',
      undefined,
      422,
      'validation failure list:\npage_size in query should be less than or equal to 100',
    ],
    ['GET projects?page=x', undefined, 422, 'validation failure list:\npage in query must be of type int64: "x"'],
    [
      'GET projects?public=maybe',
      undefined,
      422,
      'validation failure list:\npublic in query must be of type bool: "maybe"',
    ],
    ['GET quotas/x', undefined, 422, 'validation failure list:\nid in path must be of type int64: "x"'],
    ['POST projects', undefined, 422, 'validation failure list:\nproject in body is required'],
    ['GET users/search', undefined, 422, 'validation failure list:\nusername in query is required'],
    ['GET projects/library/repositories/a%2Fb', undefined, 404, /was not found$/],
  ])('%s', async (line, body, status, message) => {
    const answer = await call(sandbox, line, body);
    expect(answer.status).toBe(status);
    if (typeof message === 'string') expect(answer.message).toBe(message);
    else if (message) expect(answer.message).toMatch(message);
  });

  it('is refused before authentication', async () => {
    expect((await call(sandbox, 'POST projects', '[]', { as: null })).status).toBe(422);
  });
});
