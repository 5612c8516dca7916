import { HarborApiError } from '../../../src/errors';
import { accessTable, probeAccess, type Identity, type RobotKnowledge } from '../../../src/harbor';
import { errorOf, ROBOT, USER, withClient } from './support/client';
import { sendHarborError, sendHtml, sendJson, type Script } from './support/scripted-server';

const crud = (resource: string, read = 'list') => ({
  read: `${resource}:${read}`,
  create: `${resource}:create`,
  update: `${resource}:update`,
  remove: `${resource}:delete`,
});
const KINDS = [
  { name: 'registry', access: crud('registry') },
  { name: 'project-member', access: crud('member') },
  { name: 'robot', access: { ...crud('robot'), update: 'user' } },
  { name: 'configuration', access: { read: 'user', create: 'user', update: 'user', remove: 'user' } },
];

const robot: Identity = { robot: { name: 'robot$gitops' } };
const user = (sysadmin: boolean): Identity => ({
  user: { username: 'alice', userId: 7, sysadmin, localAdmin: false },
});
const grant = (namespace: string, ...pairs: string[]) => ({
  kind: namespace === '/' ? 'system' : 'project',
  namespace,
  access: pairs.map((pair) => ({ resource: pair.split(':')[0]!, action: pair.split(':')[1]! })),
});

/** `registry r c u d`: one letter for each verdict, read create update remove. */
function shortly(identity: Identity, knowledge: RobotKnowledge): string[] {
  const letter = { robot: 'R', user: 'U', partly: 'p', nobody: '-', unknown: '?' } as const;
  return accessTable(identity, knowledge, KINDS).map(
    ({ kind, read, create, update, remove }) =>
      `${kind} ${[read, create, update, remove].map(({ may }) => letter[may]).join('')}`,
  );
}

describe('accessTable', () => {
  it.each([
    [
      'a system administrator',
      user(true),
      {},
      ['registry UUUU', 'project-member UUUU', 'robot UUUU', 'configuration UUUU'],
    ],
    ['an ordinary user', user(false), {}, ['registry ----', 'project-member pppp', 'robot pp-p', 'configuration ----']],
    [
      'a robot that may do everything a robot may',
      robot,
      {
        permissions: [
          grant(
            '/',
            'registry:list',
            'registry:create',
            'registry:update',
            'registry:delete',
            'robot:list',
            'robot:create',
            'robot:delete',
          ),
          grant('*', 'member:list', 'member:create', 'member:update', 'member:delete'),
        ],
      },
      ['registry RRRR', 'project-member RRRR', 'robot RR-R', 'configuration ----'],
    ],
    [
      'a robot that may read',
      robot,
      { permissions: [grant('/', 'registry:list', 'robot:list'), grant('*', 'member:list')] },
      ['registry R---', 'project-member R---', 'robot R---', 'configuration ----'],
    ],
    [
      'a robot that may in two projects',
      robot,
      { permissions: [grant('a', 'member:list', 'member:create'), grant('b', 'member:list')] },
      ['registry ----', 'project-member pp--', 'robot ----', 'configuration ----'],
    ],
    [
      'a robot with everything by a star',
      robot,
      { permissions: [grant('/', '*:*')] },
      ['registry RRRR', 'project-member RRRR', 'robot RR-R', 'configuration ----'],
    ],
    ['an unknown robot', robot, {}, ['registry ????', 'project-member ????', 'robot ??-?', 'configuration ----']],
    [
      'a robot that was only probed',
      robot,
      { probes: { registry: true, member: false } },
      ['registry R???', 'project-member ----', 'robot ??-?', 'configuration ----'],
    ],
    [
      'a robot that may read, and an administrator for the rest',
      { ...robot, ...user(true) },
      { permissions: [grant('/', 'registry:list'), grant('*', 'member:list')] },
      ['registry RUUU', 'project-member RUUU', 'robot UUUU', 'configuration UUUU'],
    ],
  ] as [string, Identity, RobotKnowledge, string[]][])('%s', (_name, identity, knowledge, expected) => {
    expect(shortly(identity, knowledge)).toEqual(expected);
  });

  it('names what is missing, and where it is not', () => {
    const knowledge = { permissions: [grant('a', 'member:list'), grant('b', 'member:list')] };
    const [registry, member, , configuration] = accessTable(robot, knowledge, KINDS);
    expect(registry?.create).toEqual({ may: 'nobody', missing: 'registry:create' });
    expect(member?.read).toEqual({ may: 'partly', where: ['a', 'b'] });
    expect(configuration?.read).toEqual({ may: 'nobody', missing: 'a user who is system administrator' });
  });
});

describe('probeAccess', () => {
  const permissions = [grant('/', 'registry:list', 'robot:list')];
  const self = { id: 3, name: 'robot$gitops', level: 'system', permissions };
  const isRobot = (authorization = ''): boolean =>
    Buffer.from(authorization.slice('Basic '.length), 'base64').toString().startsWith('robot$');

  it('reads the permissions of the robot if it may read itself', () => {
    const script: Script = ({ path }, r) => (path.endsWith('/robots') ? sendJson(r, [self]) : sendHtml(r, path, 500));
    return withClient(script, {}, async ({ client, server }) => {
      const table = await probeAccess(client, robot, KINDS);
      expect(table.map(({ kind, read }) => [kind, read.may])).toEqual([
        ['registry', 'robot'],
        ['project-member', 'nobody'],
        ['robot', 'robot'],
        ['configuration', 'nobody'],
      ]);
      expect(server.calls()).toEqual(['GET /api/v2.0/robots']);
    });
  });

  it('lets an administrator read them if the robot may not', () => {
    const script: Script = ({ path, headers }, r) => {
      if (path === '/c/login') return sendHtml(r, path, 404);
      if (!path.endsWith('/robots')) return sendHtml(r, path, 500);
      if (isRobot(headers.authorization)) return sendHarborError(r, 403, 'FORBIDDEN', 'robot$gitops');
      sendJson(r, [self]);
    };
    return withClient(script, { robot: ROBOT, user: USER }, async ({ client, server }) => {
      const table = await probeAccess(client, { ...robot, ...user(true) }, KINDS);
      expect(table[0]).toMatchObject({ read: { may: 'robot' }, create: { may: 'user' } });
      expect(server.calls().filter((call) => call.includes('/api/'))).toHaveLength(2);
    });
  });

  it('else asks by reads that change nothing, one a resource', () => {
    const script: Script = ({ path }, r) => {
      if (path === '/api/v2.0/projects') return sendJson(r, [{ project_id: 1, name: 'proxy.docker.io' }]);
      if (path === '/api/v2.0/projects/proxy.docker.io/members') return sendJson(r, []);
      sendHarborError(r, 403, 'FORBIDDEN', 'robot$gitops');
    };
    return withClient(script, {}, async ({ client, server }) => {
      const table = await probeAccess(client, robot, KINDS);
      expect(table.map(({ kind, read, create }) => [kind, read.may, create.may])).toEqual([
        ['registry', 'nobody', 'nobody'],
        ['project-member', 'robot', 'unknown'],
        ['robot', 'nobody', 'nobody'],
        ['configuration', 'nobody', 'nobody'],
      ]);
      expect(new Set(server.seen.map(({ method }) => method))).toEqual(new Set(['GET']));
      expect(server.seen.length).toBeLessThanOrEqual(5);
    });
  });

  it.each([
    [401, '/robots'],
    [403, '/robots'],
    [403, '/registries'],
  ])('does not take the %i of a proxy for %s as a missing permission', (status, refused) => {
    const script: Script = ({ path }, r) => {
      if (path.endsWith(refused)) return sendHtml(r, 'Forbidden', status);
      if (path === '/api/v2.0/projects') return sendJson(r, [{ project_id: 1, name: 'proxy.docker.io' }]);
      sendHarborError(r, 403, 'FORBIDDEN', 'robot$gitops');
    };
    return withClient(script, {}, async ({ client }) => {
      const error = await errorOf(probeAccess(client, robot, KINDS));
      expect(error).toBeInstanceOf(HarborApiError);
      expect(error.message).toMatch(/"Forbidden" instead of Harbor's JSON/);
    });
  });

  it('takes an empty list of projects for none, so that nothing is known', () => {
    const script: Script = ({ path }, r) =>
      path === '/api/v2.0/projects'
        ? void r.writeHead(200).end()
        : sendHarborError(r, 403, 'FORBIDDEN', 'robot$gitops');
    return withClient(script, {}, async ({ client }) => {
      const table = await probeAccess(client, robot, KINDS);
      expect(table.map(({ kind, read }) => [kind, read.may])).toEqual([
        ['registry', 'unknown'],
        ['project-member', 'unknown'],
        ['robot', 'unknown'],
        ['configuration', 'nobody'],
      ]);
    });
  });

  it('asks nothing about a user', () =>
    withClient(
      (_q, r) => sendHtml(r, 'x', 500),
      { user: USER },
      async ({ client, server }) => {
        await probeAccess(client, user(true), KINDS);
        expect(server.seen).toEqual([]);
      },
    ));
});
