import { HarborApiError, IdentityError } from '../../../src/errors';
import { proveIdentity } from '../../../src/harbor';
import { errorOf, ROBOT, USER, withClient } from './support/client';
import { sendHarborError, sendHtml, sendJson, type Script } from './support/scripted-server';

/** Answers `/users/current` as Harbor does (recording auth/identity-proof), without login sessions. */
function harbor(people: Record<string, object | 'robot'>): Script {
  return ({ path, headers }, response) => {
    const [name] = Buffer.from((headers.authorization ?? '').slice('Basic '.length), 'base64')
      .toString()
      .split(':');
    const known = people[name ?? ''];
    if (path === '/c/login') return sendHtml(response, 'Not found', 404);
    if (path === '/api/v2.0/systeminfo') return sendJson(response, known ? { harbor_version: 'v2.15.2-1a2b3c4d' } : {});
    if (known === undefined) return sendHarborError(response, 401, 'UNAUTHORIZED', 'unauthorized');
    if (known !== 'robot') return sendJson(response, known);
    const message = 'get current user not available for security context: robot';
    sendHarborError(response, 412, 'PRECONDITION', message);
  };
}

const admin = { user_id: 1, username: 'admin', sysadmin_flag: true, admin_role_in_auth: false };
const alice = { user_id: 7, username: 'alice', sysadmin_flag: false, admin_role_in_auth: false };
const oidcAdmin = { ...alice, admin_role_in_auth: true };
const asUser = (username: string) => ({ user: { ...USER, username } });

it('proves a robot', () =>
  withClient(harbor({ robot$gitops: 'robot' }), {}, async ({ client, server }) => {
    expect(await proveIdentity(client)).toEqual({
      harborVersion: 'v2.15.2-1a2b3c4d',
      robot: { name: 'robot$gitops' },
    });
    expect(server.calls()).toEqual(['GET /api/v2.0/users/current', 'GET /api/v2.0/systeminfo']);
  }));

it.each([
  ['the local administrator', admin, { sysadmin: true, localAdmin: true }],
  ['an ordinary user', alice, { sysadmin: false, localAdmin: false }],
  ['an administrator by a group of the identity provider', oidcAdmin, { sysadmin: true, localAdmin: false }],
])('proves %s', (_name, user, expected) =>
  withClient(harbor({ [user.username]: user }), asUser(user.username), async ({ client }) => {
    expect((await proveIdentity(client)).user).toEqual({
      username: user.username,
      userId: user.user_id,
      ...expected,
    });
  }),
);

it('proves both if both are given', () =>
  withClient(harbor({ robot$gitops: 'robot', admin }), { robot: ROBOT, user: USER }, async ({ client, server }) => {
    expect(await proveIdentity(client)).toMatchObject({ robot: { name: 'robot$gitops' }, user: { userId: 1 } });
    expect(server.calls().filter((call) => call.includes('/api/'))).toHaveLength(3);
  }));

it.each([
  ['a dead robot', {}, {}, /does not accept the secret of robot robot\$gitops/],
  ['a wrong password', {}, { user: USER }, /does not accept the password of user admin/],
  ['a wrong password next to a valid robot', { robot$gitops: 'robot' }, { robot: ROBOT, user: USER }, /user admin/],
  ['an invalid robot next to a valid user', { admin }, { robot: ROBOT, user: USER }, /robot robot\$gitops/],
  ['a user given as robot', { robot$gitops: alice }, {}, /robot\$gitops is a user, not a robot/],
  ['a robot given as user', { robot$x: 'robot' }, asUser('robot$x'), /robot\$x is a robot, not a user/],
] as const)('refuses %s', (_name, people, given, expected) =>
  withClient(harbor(people), given, async ({ client }) => {
    const error = await errorOf(proveIdentity(client));
    expect(error).toBeInstanceOf(IdentityError);
    expect(error).toMatchObject({ message: expect.stringMatching(expected), hint: expect.any(String) });
    expect(`${error.message}${JSON.stringify(error)}`).not.toMatch(/Robot-Secret-1|User-Password-1/);
  }),
);

it.each([401, 412])('does not take the %i of a proxy for a wrong password', (status) =>
  withClient(
    (_request, response) => sendHtml(response, 'Authorization Required', status),
    { user: USER },
    async ({ client }) => {
      const error = await errorOf(proveIdentity(client));
      expect(error).toBeInstanceOf(HarborApiError);
      expect(error.message).toMatch(/"Authorization Required" instead of Harbor's JSON/);
    },
  ),
);

it('refuses to continue without an identity', async () => {
  const client = {
    url: 'https://h',
    credentials: {},
    get: () => Promise.reject(new Error('asked')),
    readByUser: () => undefined,
  };
  expect((await errorOf(proveIdentity(client))).message).toBe('no credential for Harbor is declared');
});

it.each([[[]], [{}], [null], [[null]]])('does not accept a server that returns %j for everything as a Harbor', (body) =>
  withClient(
    (_q, r) => sendJson(r, body),
    { user: USER },
    async ({ client }) => {
      const error = await errorOf(proveIdentity(client));
      expect(error).toBeInstanceOf(HarborApiError);
      expect(error.message).toContain('/users/current');
    },
  ),
);

const loginRefuses =
  (people: Parameters<typeof harbor>[0]): Script =>
  (request, response) => {
    if (request.path !== '/c/login') return harbor(people)(request, response);
    if (request.method === 'POST') return sendHarborError(response, 401, 'UNAUTHORIZED', 'unauthorized');
    response.writeHead(404, { 'set-cookie': '_gorilla_csrf=abc; Path=/', 'x-harbor-csrf-token': 'def' }).end();
  };

it.each(['robot$x', 'bot-ci', 'ci'])('a robot %s given as user is reported as a robot, with any prefix', (name) =>
  withClient(loginRefuses({ [name]: 'robot' }), asUser(name), async ({ client, server }) => {
    const error = await errorOf(proveIdentity(client));
    expect(error).toMatchObject({
      message: `${name} is a robot, not a user`,
      hint: 'set harbor.robot instead of harbor.username',
    });
    expect(server.calls().filter((call) => call.endsWith('/users/current'))).toHaveLength(1);
  }),
);

it.each(['admin', 'robot$gone'])('a wrong password of %s is called one after one more question', (name) =>
  withClient(loginRefuses({}), asUser(name), async ({ client, server }) => {
    expect((await errorOf(proveIdentity(client))).message).toContain('does not accept the password');
    expect(server.calls().filter((call) => call.endsWith('/users/current'))).toHaveLength(1);
  }),
);

it('does not take a login page for a proof', () =>
  withClient(
    (_q, r) => sendHtml(r, 'Sign in'),
    {},
    async ({ client }) => {
      const error = await errorOf(proveIdentity(client));
      expect(error).toBeInstanceOf(HarborApiError);
      expect(error.message).toContain('titled "Sign in"');
    },
  ));
