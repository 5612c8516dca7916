import type { ServerResponse } from 'node:http';
import { IdentityError } from '../../../src/errors';
import type { ClientOptions, HarborClient, Notice } from '../../../src/harbor';
import { errorOf, ROBOT, USER, withClient, type Talk } from './support/client';
import { sendHtml, sendJson, type Script, type SeenRequest } from './support/scripted-server';

const WITH_CSRF = 'sid=sid1; _gorilla_csrf=g0r1lla==|x';

/** The login of Harbor as the recording session/login shows it, and reads that shrink when nobody is logged in. */
class HarborLoginDouble {
  readonly alive = new Set<string>();
  /** Carried out, by what. */
  readonly written: string[] = [];
  csrfToken = 'csrf+token/==';
  private next = 1;

  readonly script: Script = (request, response) => {
    if (request.path === '/c/login')
      return request.method === 'GET' ? this.page(response) : this.logIn(request, response);
    if (request.path === '/c/log_out') {
      this.alive.delete(sidOf(request) ?? '');
      return void response.writeHead(200).end();
    }
    this.answer(request, response);
  };

  private page(response: ServerResponse): void {
    response.setHeader('set-cookie', [
      '_gorilla_csrf=g0r1lla==|x; Path=/; HttpOnly',
      'sid=anonymous; Path=/; HttpOnly',
    ]);
    response.setHeader('x-harbor-csrf-token', 'csrf+token/==');
    sendHtml(response, 'Not found', 404);
  }

  private logIn(request: SeenRequest, response: ServerResponse): void {
    const form = new URLSearchParams(request.body);
    const hasCsrf =
      request.headers['x-harbor-csrf-token'] === 'csrf+token/==' &&
      request.headers.cookie === '_gorilla_csrf=g0r1lla==|x';
    if (!hasCsrf) return void response.writeHead(403).end();
    if (form.get('principal') !== 'admin' || form.get('password') !== 'User-Password-1')
      return void response.writeHead(401).end();
    const sid = `sid${this.next++}`;
    this.alive.add(sid);
    response.setHeader('set-cookie', ['sid=anonymous; Path=/; HttpOnly', `sid=${sid}; Path=/; HttpOnly`]);
    response.writeHead(200, { 'content-length': '0' }).end();
  }

  private answer(request: SeenRequest, response: ServerResponse): void {
    const sid = sidOf(request);
    const basic = Buffer.from('admin:User-Password-1').toString('base64');
    const robot = Buffer.from('robot$gitops:Robot-Secret-1').toString('base64');
    const byBasic = [`Basic ${basic}`, `Basic ${robot}`].includes(request.headers.authorization ?? '');
    const known = byBasic || (sid !== undefined && this.alive.has(sid));
    if (sid !== undefined && !this.alive.has(sid)) response.setHeader('set-cookie', 'sid=fresh; Path=/; HttpOnly');
    if (request.method !== 'GET') {
      const csrf = request.headers['x-harbor-csrf-token'];
      const hasCookie = request.headers.cookie?.includes('_gorilla_csrf=g0r1lla==|x') ?? false;
      if (sid !== undefined && (csrf !== this.csrfToken || !hasCookie))
        return sendJson(response, { errors: [{ code: 'FORBIDDEN', message: 'CSRF token invalid' }] }, 403);
      if (known) this.written.push(`${request.method} ${sid === undefined ? 'by password' : 'by session'}`);
    }
    if ((request.method !== 'GET' || /\/(registries|current)$/.test(request.path)) && !known) {
      return sendJson(response, { errors: [{ code: 'UNAUTHORIZED', message: 'unauthorized' }] }, 401);
    }
    sendJson(response, known ? [{ id: 1 }, { id: 2 }] : [{ id: 1 }], 200, { 'x-total-count': known ? '2' : '1' });
  }
}

function sidOf(request: SeenRequest): string | undefined {
  return /\bsid=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
}

async function asUser(
  script: Script,
  test: (talk: Talk & { notices: Notice[] }) => Promise<void>,
  options: Partial<ClientOptions> = {},
): Promise<void> {
  const notices: Notice[] = [];
  const given = { user: USER, onNotice: (notice: Notice) => void notices.push(notice), ...options };
  await withClient(script, given, (talk) => test({ ...talk, notices }));
}

describe('the reads of a user', () => {
  it('go by one login session, however many start at once', () => {
    const harbor = new HarborLoginDouble();
    return asUser(harbor.script, async ({ client, server, notices }) => {
      await Promise.all([client.list('/projects'), client.get('/registries'), client.get('/quotas')]);
      expect(server.calls().filter((call) => call.includes('/c/login'))).toEqual(['GET /c/login', 'POST /c/login']);
      const reads = server.seen.filter(({ path }) => path.startsWith('/api/'));
      expect(reads.map(({ headers }) => headers.cookie)).toEqual([WITH_CSRF, WITH_CSRF, WITH_CSRF]);
      expect(reads.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined, undefined]);
      expect(notices).toEqual([]);
    });
  });

  it('end with a logout', async () => {
    const harbor = new HarborLoginDouble();
    await asUser(harbor.script, async ({ client }) => void (await client.list('/projects')));
    expect(harbor.alive.size).toBe(0);
  });
});

describe('the writes of a user', () => {
  const writeAll = async (client: HarborClient): Promise<void> => {
    await client.post('/projects', {});
    await client.put('/projects/x', {});
    await client.patch('/robots/1', {});
    await client.delete('/projects/x');
  };

  it('go by the same session, with its CSRF token, and no password is hashed for them', () => {
    const harbor = new HarborLoginDouble();
    return asUser(harbor.script, async ({ client, server, notices }) => {
      await client.list('/projects');
      await writeAll(client);
      expect(harbor.written).toEqual(['POST by session', 'PUT by session', 'PATCH by session', 'DELETE by session']);
      expect(server.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
      expect(server.calls().filter((call) => call === 'POST /c/login')).toHaveLength(1);
      expect(notices).toEqual([]);
    });
  });

  it('are sent again after a new login if the session had ended, and are carried out once', () => {
    const harbor = new HarborLoginDouble();
    return asUser(harbor.script, async ({ client, notices }) => {
      await client.list('/projects');
      harbor.alive.clear();
      await Promise.all([client.post('/projects', {}), client.put('/projects/x', {})]);
      expect(harbor.written.sort()).toEqual(['POST by session', 'PUT by session']);
      expect(notices.map(({ code }) => code)).toEqual(['SESSION_RENEWED']);
    });
  });

  it('use the password if Harbor refuses the token of the login, with one warning', () => {
    const harbor = new HarborLoginDouble();
    harbor.csrfToken = 'of another core';
    return asUser(harbor.script, async ({ client, notices }) => {
      await writeAll(client);
      expect(harbor.written).toEqual([
        'POST by password',
        'PUT by password',
        'PATCH by password',
        'DELETE by password',
      ]);
      expect(await client.list('/projects')).toHaveLength(2);
      expect(notices.map(({ message }) => message)).toEqual([
        'Harbor refuses the CSRF token of its own login, so writes use the password and are slower',
      ]);
    });
  });

  it('that Harbor refuses for another reason are refused', () => {
    const forbidden: Script = (request, response) =>
      request.method === 'PUT'
        ? sendJson(response, { errors: [{ code: 'FORBIDDEN', message: 'forbidden' }] }, 403)
        : new HarborLoginDouble().script(request, response);
    return asUser(forbidden, async ({ client, server }) => {
      expect((await errorOf(client.put('/projects/x', {}))).message).toContain('403 FORBIDDEN');
      expect(server.calls().filter((call) => call.startsWith('PUT'))).toHaveLength(1);
    });
  });
});

describe('a robot and a user', () => {
  const both = { robot: ROBOT };
  const bySession = async ({ client, server }: Talk): Promise<boolean[]> => {
    await client.list('/projects');
    await client.put('/projects/x', {});
    return server.seen.slice(-2).map(({ headers }) => headers.cookie !== undefined);
  };

  it('use the robot until it is known that the user sees everything', () =>
    asUser(
      new HarborLoginDouble().script,
      async (talk) => expect(await bySession(talk)).toEqual([false, false]),
      both,
    ));

  it('read by the session then, and write by the robot', () =>
    asUser(
      new HarborLoginDouble().script,
      async (talk) => {
        talk.client.readByUser();
        expect(await bySession(talk)).toEqual([true, false]);
      },
      both,
    ));
});

it('logs in again if the first attempt met a restarting Harbor', () => {
  const harbor = new HarborLoginDouble();
  let busy = 3;
  const restarting: Script = (request, response) =>
    request.path === '/c/login' && busy-- % 2 === 1
      ? void response.writeHead(503).end()
      : harbor.script(request, response);
  return asUser(restarting, async ({ client, server, notices }) => {
    expect(await client.list('/projects')).toHaveLength(2);
    expect(server.seen.at(-1)?.headers.cookie).toBe(WITH_CSRF);
    expect(notices).toEqual([]);
  });
});

describe('a session that dies', () => {
  it('is noticed although Harbor returns 200 with less, and renewed once for all requests', () => {
    const harbor = new HarborLoginDouble();
    return asUser(harbor.script, async ({ client, server, notices }) => {
      expect(await client.list('/projects')).toHaveLength(2);
      harbor.alive.clear();
      const lists = await Promise.all(Array.from({ length: 8 }, () => client.list('/projects')));
      expect(lists.map((list) => list.length)).toEqual(Array(8).fill(2));
      expect(server.calls().filter((call) => call === 'POST /c/login')).toHaveLength(2);
      expect(notices.map(({ code }) => code)).toEqual(['SESSION_RENEWED']);
    });
  });

  it('is noticed by a 401', () => {
    const harbor = new HarborLoginDouble();
    return asUser(harbor.script, async ({ client }) => {
      await client.get('/registries');
      harbor.alive.clear();
      expect(await client.get('/registries')).toHaveLength(2);
    });
  });

  it('again and again is not trusted any more: reads go by password', () => {
    const harbor = new HarborLoginDouble();
    const forgetful: Script = (request, response) => {
      if (request.path.startsWith('/api/')) harbor.alive.clear();
      harbor.script(request, response);
    };
    return asUser(forgetful, async ({ client, server, notices }) => {
      expect(await client.list('/projects')).toHaveLength(2);
      expect(await client.list('/projects')).toHaveLength(2);
      expect(server.calls().filter((call) => call === 'POST /c/login')).toHaveLength(3);
      expect(server.seen.at(-1)?.headers.authorization).toMatch(/^Basic /);
      expect(notices.map(({ code }) => code)).toEqual(['SESSION_RENEWED', 'SESSION_RENEWED', 'SESSION_UNAVAILABLE']);
    });
  });
});

describe('a login that fails', () => {
  it.each([
    [
      'because the password is wrong',
      { ...USER, password: async () => 'wrong' },
      /does not accept the password of user admin/,
    ],
    ['because no user has that name', { ...USER, username: 'ghost' }, /does not accept the password of user ghost/],
  ])('%s is an error that names the user and never the password, and is not tried again', (_name, user, expected) => {
    const harbor = new HarborLoginDouble();
    return asUser(
      harbor.script,
      async ({ client, server }) => {
        const error = await errorOf(client.list('/projects'));
        expect(error).toBeInstanceOf(IdentityError);
        expect(error.message).toMatch(expected);
        expect(JSON.stringify(error)).not.toContain('wrong');
        expect(server.calls()).toEqual(['GET /c/login', 'POST /c/login', 'GET /api/v2.0/users/current']);
      },
      { user },
    );
  });

  it('because the user logs in through OIDC is reported', () => {
    const harbor = new HarborLoginDouble();
    const oidc: Script = (request, response) =>
      request.method === 'POST'
        ? sendJson(response, { redirect_location: 'https://harbor.example.com/c/oidc/login' }, 403)
        : harbor.script(request, response);
    return asUser(oidc, async ({ client }) => {
      const error = await errorOf(client.list('/projects'));
      expect(error).toBeInstanceOf(IdentityError);
      expect(error.message).toBe('user admin logs in through OIDC and has no password in Harbor');
    });
  });

  it.each([401, 412])('with a %i of a proxy says nothing about the password, which reads then use', (status) => {
    const harbor = new HarborLoginDouble();
    const behindProxy: Script = (request, response) => {
      if (request.method === 'POST') return void response.writeHead(401).end();
      if (request.path.endsWith('/users/current')) return sendHtml(response, 'Authorization Required', status);
      harbor.script(request, response);
    };
    return asUser(behindProxy, async ({ client, notices }) => {
      expect(await client.list('/projects')).toHaveLength(2);
      expect(notices.map(({ code }) => code)).toEqual(['SESSION_UNAVAILABLE']);
    });
  });

  it.each([
    ['the front door does not know /c/login', (_q, r) => sendHtml(r, '404', 404)],
    ['the front door redirects /c/login', (_q, r) => void r.writeHead(302, { location: 'https://sso.example/' }).end()],
    ['the front door forbids /c/login', (_q, r) => sendHtml(r, 'Forbidden', 403)],
    ['the front door resets /c/login', (_q, r) => void r.socket?.destroy()],
    ['the login answers without a session', (q, r) => (q.method === 'GET' ? csrfPage(r) : void r.writeHead(200).end())],
    ['the login is blocked half way', (q, r) => (q.method === 'GET' ? csrfPage(r) : sendHtml(r, 'WAF', 405))],
  ] as [string, Script][])('because %s: reads use the password, with a warning', (_name, login) => {
    const harbor = new HarborLoginDouble();
    const script: Script = (request, response) =>
      (request.path.startsWith('/c/') ? login : harbor.script)(request, response);
    return asUser(script, async ({ client, server, notices }) => {
      expect(await client.list('/projects')).toHaveLength(2);
      expect(await client.list('/projects')).toHaveLength(2);
      expect(server.seen.at(-1)?.headers).toMatchObject({ authorization: expect.stringMatching(/^Basic /) });
      expect(notices.map(({ code }) => code)).toEqual(['SESSION_UNAVAILABLE']);
      expect(notices[0]?.message).toContain('/c/login');
    });
  });
});

function csrfPage(response: ServerResponse): void {
  response.setHeader('set-cookie', '_gorilla_csrf=abc; Path=/');
  response.setHeader('x-harbor-csrf-token', 'token');
  sendHtml(response, 'Not found', 404);
}
