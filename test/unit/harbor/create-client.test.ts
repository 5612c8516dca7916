import { HarborApiError, IdentityError, NetworkError } from '../../../src/errors';
import { createClient } from '../../../src/harbor';
import { integer, object } from '../../../src/shape';
import { errorOf, ROBOT, USER, withClient } from './support/client';
import { inTurn, sendHarborError, sendHtml, sendJson, startServer, type Script } from './support/scripted-server';

const ok: Script = (_request, response) => sendJson(response, {});
const basic = (name: string, secret: string): string => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
const AS_ROBOT = basic('robot$gitops', 'Robot-Secret-1');
const AS_USER = basic('admin', 'User-Password-1');

describe('what a request looks like', () => {
  it('uses /api/v2.0, with names meant as names and its own request id', () =>
    withClient(ok, {}, async ({ client, server }) => {
      await client.get('/projects/123', { query: { with_detail: 'true' } });
      const [request] = server.seen;
      expect(request?.path).toBe('/api/v2.0/projects/123');
      expect(request?.query.get('with_detail')).toBe('true');
      expect(request?.headers).toMatchObject({ 'x-is-resource-name': 'true', accept: 'application/json' });
      expect(request?.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }));

  it('sends bodies as JSON', () =>
    withClient(ok, {}, async ({ client, server }) => {
      await client.put('/quotas/1', { hard: { storage: -1 } });
      expect(server.seen[0]?.headers['content-type']).toBe('application/json');
      expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({ hard: { storage: -1 } });
    }));

  it('asks for a secret once, and not before it is needed', async () => {
    const secret = jest.fn(async () => 'Robot-Secret-1');
    await withClient(ok, { robot: { name: 'robot$gitops', secret } }, async ({ client }) => {
      expect(secret).not.toHaveBeenCalled();
      await Promise.all([client.get('/a'), client.get('/b'), client.delete('/c')]);
      expect(secret).toHaveBeenCalledTimes(1);
    });
  });

  it.each(['/projects/..', '/projects/%2E%2E', 'projects', '/projects/a b', '/projects?name=x', '/projects/#'])(
    'refuses %j, which would reach another endpoint than it says',
    (path) =>
      withClient(ok, {}, async ({ client, server }) => {
        await expect(client.delete(path)).rejects.toThrow('not an encoded API path');
        expect(server.seen).toEqual([]);
      }),
  );

  it.each([
    'ftp://harbor',
    'harbor.example.com',
    'https://admin:hunter2@harbor.example.com',
    'https://harbor.example.com/portal',
    'https://harbor.example.com/?token=hunter2',
  ])('refuses the URL %s', (url) => {
    const create = (): unknown => createClient({ url });
    expect(create).toThrow(NetworkError);
    expect(create).not.toThrow(/hunter2/);
  });

  it.each(['https://h.example', 'https://h.example/', 'https://h.example/api/v2.0', 'https://h.example/api/v2.0/'])(
    'treats %s as the same Harbor',
    (url) => expect(createClient({ url }).url).toBe('https://h.example'),
  );
});

describe('the authentication of a request if logins are not available', () => {
  it.each([
    ['a read with a robot', { robot: ROBOT }, 'read', undefined, AS_ROBOT],
    ['a read with both', { robot: ROBOT, user: USER }, 'read', undefined, AS_ROBOT],
    ['a read as user with both', { robot: ROBOT, user: USER }, 'read', 'user', AS_USER],
    ['a write with a robot', { robot: ROBOT }, 'write', undefined, AS_ROBOT],
    ['a write with both', { robot: ROBOT, user: USER }, 'write', undefined, AS_ROBOT],
    ['a write as user', { robot: ROBOT, user: USER }, 'write', 'user', AS_USER],
    ['a write with a user only', { user: USER }, 'write', undefined, AS_USER],
    ['a read with nothing', {}, 'read', undefined, undefined],
    ['a write with nothing', {}, 'write', undefined, undefined],
  ] as const)('%s', async (_name, given, kind, as, expected) => {
    const server = await startServer(ok);
    const client = createClient({ url: server.url, ...given });
    const options = as ? { as } : {};
    await (kind === 'read' ? client.get('/x', options) : client.put('/x', {}, options));
    const api = server.seen.filter(({ path }) => path.startsWith('/api/'));
    expect(api.map(({ headers }) => headers.authorization)).toEqual([expected]);
    expect(api.map(({ headers }) => headers.cookie)).toEqual([undefined]);
    await client.close();
    await server.close();
  });

  it.each(['read', 'write'])('refuses a %s as user name without a request', (kind) =>
    withClient(ok, {}, async ({ client, server }) => {
      const asked = kind === 'read' ? client.get('/x', { as: 'user' }) : client.put('/x', {}, { as: 'user' });
      const error = await errorOf(asked);
      expect(error).toBeInstanceOf(IdentityError);
      expect(error.message).toBe('a robot cannot do this in Harbor, and robot$gitops is the only credential');
      expect(server.seen).toEqual([]);
    }),
  );
});

describe('what comes back', () => {
  it('reads the id and the body of what was created', () =>
    withClient(
      inTurn(
        (_q, r) => r.writeHead(201, { location: '/api/v2.0/registries/17' }).end(),
        (_q, r) => sendJson(r, { name: 'robot$x', secret: 's' }, 201, { location: '/api/v2.0/robots/4' }),
        (_q, r) => r.writeHead(201, { location: '/api/v2.0/scanners/0b4a-uuid' }).end(),
      ),
      {},
      async ({ client }) => {
        expect(await client.post('/registries', {})).toEqual({ id: 17 });
        expect(await client.post('/robots', {})).toEqual({ id: 4, body: { name: 'robot$x', secret: 's' } });
        expect(await client.post('/scanners', {})).toEqual({});
      },
    ));

  it('reads an empty 200 as "none"', () =>
    withClient(
      (_q, r) => r.writeHead(200).end(),
      {},
      async ({ client }) => {
        expect(await client.get('/system/gc/schedule')).toBeUndefined();
      },
    ));

  it.each([
    [401, 'UNAUTHORIZED', 'unauthorized', '401 UNAUTHORIZED: Harbor does not accept this robot'],
    [403, 'FORBIDDEN', 'robot$gitops', '403 FORBIDDEN: this robot may not do this (robot$gitops)'],
    [403, 'FORBIDDEN', 'forbidden', '403 FORBIDDEN: this robot may not do this'],
    [403, 'DENIED', 'The system is in read only mode.', '403 DENIED: The system is in read only mode.'],
    [404, 'NOT_FOUND', 'project x not found', '404 NOT_FOUND: project x not found'],
    [409, 'CONFLICT', 'The project named x already exists', '409 CONFLICT: The project named x already exists'],
    [412, 'PRECONDITION', 'the project contains repositories', '412 PRECONDITION: the project contains repositories'],
    [
      422,
      'UNPROCESSABLE_ENTITY',
      'validation failure list:\npage_size',
      '422 UNPROCESSABLE_ENTITY: validation failure list: page_size',
    ],
    [
      500,
      'UNKNOWN',
      'internal server error',
      '500 UNKNOWN: internal server error (Harbor returns this for some invalid requests',
    ],
  ])('explains %i %s %j', (status, code, message, expected) =>
    withClient(
      (_q, r) => sendHarborError(r, status, code, message, { 'x-request-id': 'from-harbor' }),
      {},
      async ({ client, server }) => {
        const error = (await errorOf(client.post('/projects', {}))) as HarborApiError;
        expect(error).toBeInstanceOf(HarborApiError);
        expect(error.message).toContain(`POST ${server.url}/api/v2.0/projects: ${expected}`);
        expect(error.details).toMatchObject({ method: 'POST', status, harborCode: code, requestId: 'from-harbor' });
      },
    ),
  );

  it.each([
    ['an HTML page with 200', (_q, r) => sendHtml(r, 'Sign in to Corp'), 'an HTML page titled "Sign in to Corp"'],
    ['an HTML page with 403', (_q, r) => sendHtml(r, '403 Forbidden', 403), '403: an HTML page titled "403 Forbidden"'],
    [
      'plain text',
      (_q, r) => r.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found'),
      '404: text/plain instead',
    ],
    ['nothing at all', (_q, r) => r.writeHead(405).end(), '405: an empty response'],
    ['JSON of another server', (_q, r) => sendJson(r, { error: 'no' }, 400), '400: application/json'],
  ] as [string, Script, string][])('names what responded in place of Harbor: %s', (_name, script, expected) =>
    withClient(script, {}, async ({ client }) => {
      const error = (await errorOf(client.get('/registries'))) as HarborApiError;
      expect(error).toBeInstanceOf(HarborApiError);
      expect(error.message).toContain(expected);
      expect(error.details.harborCode).toBeUndefined();
    }),
  );

  it('does not take an HTML page for a successful write', () =>
    withClient(
      (_q, r) => sendHtml(r, 'Portal'),
      {},
      async ({ client }) => {
        await expect(client.put('/registries/1', {})).rejects.toThrow('titled "Portal"');
      },
    ));

  it('reports that a response is not a list', () =>
    withClient(ok, {}, async ({ client }) => {
      await expect(client.list('/registries')).rejects.toThrow(HarborApiError);
    }));

  it('refuses a body that is larger than it may be, without reading it', async () => {
    let sent = 0;
    const endless: Script = (_q, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        response.once('drain', more);
      };
      more();
    };
    await withClient(endless, { maxBodyBytes: 256 * 1024 }, async ({ client, server }) => {
      const error = (await errorOf(client.get('/projects'))) as NetworkError;
      expect(error.code).toBe('NETWORK_BODY_LIMIT');
      expect(server.seen).toHaveLength(1);
      expect(sent).toBeLessThan(16 * 1024 * 1024);
    });
  });
});

describe('find', () => {
  it('is undefined if Harbor returns 404', () =>
    withClient(
      (_q, r) => sendHarborError(r, 404, 'NOT_FOUND', 'project x not found'),
      {},
      async ({ client }) => {
        expect(await client.find('/projects/x')).toBeUndefined();
      },
    ));

  it('does not accept a 404 from another server as proof that the project is gone', () =>
    withClient(
      (_q, r) => sendHtml(r, 'default backend', 404),
      {},
      async ({ client }) => {
        await expect(client.find('/projects/x')).rejects.toThrow('titled "default backend"');
      },
    ));
});

describe('an empty success', () => {
  const shape = object<{ id: number }>({ id: integer });
  const empty: Script = (_q, r) => void r.writeHead(200).end();

  it('is not an object, and does not mean that it is missing', () =>
    withClient(empty, {}, async ({ client }) => {
      const message = /200: an empty response: this is not a response of Harbor's API$/;
      await expect(client.find('/projects/x', { shape })).rejects.toThrow(message);
      await expect(client.find('/projects/x')).rejects.toThrow(message);
      await expect(client.get('/projects/x', { shape })).rejects.toThrow(message);
    }));

  it('means none where Harbor has this answer', () =>
    withClient(empty, {}, async ({ client }) => {
      expect(await client.find('/projects/x/scanner', { shape, mayBeNone: true })).toBeUndefined();
      expect(await client.get('/system/gc/schedule', { shape, mayBeNone: true })).toBeUndefined();
    }));
});

describe('exists', () => {
  const answering =
    (status: number, headers: Record<string, string> = {}): Script =>
    (_q, r) =>
      void r.writeHead(status, headers).end();

  it.each([
    ['200', 200, {}, true],
    ["Harbor's 404", 404, { 'content-type': 'application/json; charset=utf-8' }, false],
  ])('%s', (_answer, status, headers, expected) =>
    withClient(answering(status, headers), {}, async ({ client, server }) => {
      expect(await client.exists('/projects', { query: { project_name: 'x' } })).toBe(expected);
      expect(server.seen.map(({ method }) => method)).toEqual(['HEAD']);
    }),
  );

  it.each([
    ['a login page', 200, { 'content-type': 'text/html' }],
    ["a proxy's 404", 404, { 'content-type': 'text/plain' }],
    ['a 404 without a type', 404, {}],
    ['a refusal', 403, { 'content-type': 'application/json' }],
    ['a proxy that knows no HEAD', 405, {}],
    ['204', 204, {}],
  ])('is not answered by %s', (_answer, status, headers) =>
    withClient(answering(status, headers as Record<string, string>), {}, async ({ client }) => {
      await expect(client.exists('/projects')).rejects.toThrow(`HEAD ${client.url}/api/v2.0/projects: ${status}`);
    }),
  );
});

describe('redirects', () => {
  it.each([
    ['to https', 'https://127.0.0.1/api', /the server requires https:\/\/: set harbor.url to https:\/\/127\.0\.0\.1$/],
    ['to another host', 'https://evil.example/x?token=abc', /if https:\/\/evil\.example is your Harbor/],
    ['to a login page', '/login', /login page or a proxy/],
    ['to nowhere', '', /login page or a proxy/],
  ])('%s are not followed', (_name, location, hint) =>
    withClient(
      (_q, r) => r.writeHead(302, { location }).end(),
      {},
      async ({ client, server }) => {
        const error = (await errorOf(client.get('/projects'))) as NetworkError;
        expect(error).toMatchObject({ code: 'NETWORK_REDIRECT', hint: expect.stringMatching(hint) });
        expect(error.message).not.toContain('abc');
        expect(server.seen).toHaveLength(1);
      },
    ),
  );

  it('never carry the credential to another host', async () => {
    const other = await startServer(ok);
    await withClient(
      (_q, r) => r.writeHead(307, { location: `${other.url}/api/v2.0/projects` }).end(),
      {},
      async ({ client }) => {
        await errorOf(client.get('/projects'));
        await errorOf(client.put('/projects/x', {}));
        expect(other.seen).toEqual([]);
      },
    );
    await other.close();
  });
});

describe('secrets', () => {
  const echo: Script = (request, response) =>
    sendHarborError(
      response,
      400,
      'BAD_REQUEST',
      `you sent ${request.body} by ${request.headers.authorization} for Robot-Secret-1`,
    );

  it('never appear in a message, even if a server repeats them', () =>
    withClient(echo, {}, async ({ client, events }) => {
      const body = { name: 'hub', credential: { access_key: 'bot', access_secret: 'Hub-Token-1' } };
      const error = (await errorOf(client.post('/registries', body))) as HarborApiError;
      const everything = JSON.stringify([error.message, error.details, events]);
      expect(everything).toContain('bot');
      expect(everything).not.toMatch(/Hub-Token-1|Robot-Secret-1/);
      expect(everything).not.toContain(AS_ROBOT.slice('Basic '.length));
    }));

  it('never show in the URL of an error or an event', () =>
    withClient(echo, {}, async ({ client, events }) => {
      const error = await errorOf(client.get('/x', { query: { token: 'hunter2', name: 'plain' } }));
      expect(JSON.stringify([error.message, events])).not.toContain('hunter2');
      expect(error.message).toContain('name=plain');
    }));

  it('keeps a stranger from forging log lines', () =>
    withClient(
      (_q, r) => sendHarborError(r, 400, 'BAD\u001b[2J', 'one\n::error file=x::two\u202e\u001b[31m'),
      {},
      async ({ client }) => {
        const { message } = await errorOf(client.get('/x'));
        // oxlint-disable-next-line no-control-regex -- that there are none is the point
        expect(message).not.toMatch(/[\u0000-\u001f\u202e]/);
      },
    ));
});

it('counts its calls and reports each', () =>
  withClient(
    inTurn((_q, r) => r.writeHead(503).end(), ok),
    {},
    async ({ client, events }) => {
      await client.get('/projects');
      expect(client.calls).toBe(2);
      expect(events.map(({ attempt, status, by }) => [attempt, status, by])).toEqual([
        [1, 503, 'robot'],
        [2, 200, 'robot'],
      ]);
      expect(new Set(events.map(({ requestId }) => requestId)).size).toBe(1);
    },
  ));

it('keeps connections open', async () => {
  const ports = new Set<number | undefined>();
  await withClient(
    (_q, response) => {
      ports.add(response.socket?.remotePort);
      sendJson(response, {});
    },
    {},
    async ({ client }) => {
      for (let i = 0; i < 10; i++) await client.get('/x');
      expect(ports.size).toBeLessThanOrEqual(2);
    },
  );
});

it('keeps no more requests in flight than it may', async () => {
  let inFlight = 0;
  let most = 0;
  const slow: Script = (_q, response) => {
    most = Math.max(most, ++inFlight);
    setTimeout(() => {
      inFlight--;
      sendJson(response, {});
    }, 5);
  };
  await withClient(slow, { concurrency: 4 }, async ({ client }) => {
    await Promise.all(Array.from({ length: 30 }, (_, n) => client.get(`/x/${n}`)));
    expect(most).toBe(4);
  });
});
