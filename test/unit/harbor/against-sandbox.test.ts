import type { RobotCreatedWire } from '../../../src/kinds/support/robot-wire';
import { HarborApiError, IdentityError } from '../../../src/errors';
import { createClient, probeAccess, proveIdentity, type ClientOptions, type RequestEvent } from '../../../src/harbor';
import type { ProjectWire } from '../../../src/harbor/wire';
import { kinds } from '../../../src/kinds';
import { startSandbox, type Sandbox } from '../../../src/sandbox';
import { errorOf } from './support/client';

const ADMIN = { username: 'admin', password: async () => 'Harbor12345' };
const PRIVATE_PROJECTS = 130;

let sandbox: Sandbox;
let robot: NonNullable<ClientOptions['robot']>;

beforeAll(async () => {
  sandbox = await startSandbox({ password: 'Harbor12345' });
  await asked({ user: ADMIN }, async (client) => {
    const names = Array.from({ length: PRIVATE_PROJECTS }, (_, n) => `private-${String(n).padStart(3, '0')}`);
    await Promise.all(names.map((project_name) => client.post('/projects', { project_name })));
    robot = await createRobot(client, 'reader', ['project:list', 'registry:list', 'robot:list']);
  });
});
afterAll(() => sandbox.close());

type Client = ReturnType<typeof createClient>;

/** A client of the sandbox, and what it sent. */
async function asked<T>(
  given: Partial<ClientOptions>,
  work: (client: Client, events: RequestEvent[]) => Promise<T>,
): Promise<T> {
  const events: RequestEvent[] = [];
  const client = createClient({ url: sandbox.url, onRequest: (event) => events.push(event), ...given });
  try {
    return await work(client, events);
  } finally {
    await client.close();
  }
}

async function createRobot(
  client: Client,
  name: string,
  system: string[],
): Promise<NonNullable<ClientOptions['robot']>> {
  const pair = (text: string) => ({ resource: text.split(':')[0], action: text.split(':')[1] });
  const permissions = [
    { kind: 'system', namespace: '/', access: system.map(pair) },
    { kind: 'project', namespace: '*', access: [pair('project:read'), pair('repository:pull')] },
  ];
  const { body } = await client.post<RobotCreatedWire>('/robots', { name, level: 'system', duration: 5, permissions });
  return { name: body!.name, secret: async () => body!.secret };
}

describe('identity', () => {
  it('proves the administrator, by one login', () =>
    asked({ user: ADMIN }, async (client, events) => {
      expect(await proveIdentity(client)).toEqual({
        harborVersion: expect.stringMatching(/^v2\.15\.2/),
        authMode: 'db_auth',
        user: { username: 'admin', userId: 1, sysadmin: true, localAdmin: true },
      });
      expect(events.map(({ method, by, status }) => `${method} ${by} ${status}`)).toEqual([
        'GET nobody 404',
        'POST nobody 200',
        'GET session 200',
        'GET session 200',
      ]);
    }));

  it('proves a robot', () =>
    asked({ robot }, async (client) => {
      expect(await proveIdentity(client)).toEqual({
        harborVersion: expect.stringMatching(/^v2\.15\.2/),
        authMode: 'db_auth',
        robot: { name: 'robot$reader' },
      });
    }));

  it.each([
    ['a wrong password', { user: { ...ADMIN, password: async () => 'Wrong-1234' } }],
    ['an unknown user', { user: { ...ADMIN, username: 'ghost' } }],
    ['a dead robot', { robot: { name: 'robot$reader', secret: async () => 'Wrong-1234' } }],
    ['an unknown robot', { robot: { name: 'robot$ghost', secret: async () => 'Wrong-1234' } }],
  ])('refuses %s', (_name, given) =>
    asked(given, async (client) => {
      expect(await errorOf(proveIdentity(client))).toBeInstanceOf(IdentityError);
    }),
  );

  it('is why no list is used before: with an invalid secret it is returned, but shorter', () =>
    asked({ robot: { name: 'robot$reader', secret: async () => 'Wrong-1234' } }, async (client) => {
      expect(await client.list('/projects')).toHaveLength(1);
    }));
});

describe('reading', () => {
  it.each([
    ['by session', () => ({ user: ADMIN }), 'session'],
    ['by robot', () => ({ robot }), 'robot'],
  ])('lists every page %s', (_name, given, by) =>
    asked(given(), async (client, events) => {
      const projects = await client.list<ProjectWire>('/projects');
      expect(projects).toHaveLength(PRIVATE_PROJECTS + 1);
      expect(projects.map(({ name }) => name)).toEqual(projects.map(({ name }) => name).sort());
      expect(events.filter(({ url }) => url.includes('/projects')).map((event) => event.by)).toEqual([by, by]);
    }),
  );

  it('lists quotas side by side, counted first', () =>
    asked({ user: ADMIN }, async (client, events) => {
      const query = { reference: 'project', sort: 'creation_time' };
      const quotas = await client.list('/quotas', { query, pageSize: () => 50, concurrency: 64 });
      expect(quotas).toHaveLength(PRIVATE_PROJECTS + 1);
      expect(events.filter(({ url }) => url.includes('/quotas'))).toHaveLength(4);
    }));

  it('notices that its session was ended from outside, and sees all of the list none the less', () =>
    asked({ user: ADMIN }, async (client) => {
      expect(await client.list('/projects')).toHaveLength(PRIVATE_PROJECTS + 1);
      for (const session of [...sandbox.store.sessions.all()]) sandbox.store.sessions.remove(session.id);
      expect(await client.list('/projects')).toHaveLength(PRIVATE_PROJECTS + 1);
    }));

  it('leaves no session behind', async () => {
    await asked({ user: ADMIN }, (client) => client.list('/registries'));
    expect([...sandbox.store.sessions.all()]).toEqual([]);
  });
});

describe('writing', () => {
  it('goes by Basic after reads by session, and is not stopped by the CSRF check', () =>
    asked({ user: ADMIN }, async (client) => {
      await client.get('/users/current');
      const { id } = await client.post('/projects', { project_name: 'written' });
      expect(id).toEqual(expect.any(Number));
      await client.put('/projects/written', { metadata: { public: 'true' } });
      expect(await client.find<ProjectWire>('/projects/written')).toMatchObject({ metadata: { public: 'true' } });
      await client.delete('/projects/written');
      expect(await client.find('/projects/written')).toBeUndefined();
    }));

  it('repeats the message of Harbor', () =>
    asked({ user: ADMIN }, async (client) => {
      const error = (await errorOf(client.post('/projects', { project_name: 'private-000' }))) as HarborApiError;
      expect(error).toBeInstanceOf(HarborApiError);
      expect(error.details).toMatchObject({ status: 409, harborCode: 'CONFLICT' });
      expect(error.message).toContain('The project named private-000 already exists');
    }));

  it('finds a project whose name is a number', () =>
    asked({ user: ADMIN }, async (client) => {
      await client.post('/projects', { project_name: '2' });
      expect(await client.find<ProjectWire>('/projects/2')).toMatchObject({ name: '2' });
      await client.delete('/projects/2');
    }));
});

it('reports what a robot can manage, and what only a user could', () =>
  asked({ robot }, async (client) => {
    const table = await probeAccess(client, await proveIdentity(client), kinds);
    const row = (name: string) => table.find(({ kind }) => kind === name);
    expect(table.map(({ kind }) => kind)).toEqual(kinds.map(({ name }) => name));
    expect(row('registry')).toMatchObject({
      read: { may: 'robot' },
      create: { may: 'nobody', missing: 'registry:create' },
    });
    expect(row('configuration')).toMatchObject({ read: { may: 'nobody' } });
  }));

describe('a bad day', () => {
  async function onABadDay(
    fault: string,
    work: (client: Client, events: RequestEvent[]) => Promise<void>,
  ): Promise<void> {
    const shaky = await startSandbox({ password: 'Harbor12345', faults: [fault] });
    const events: RequestEvent[] = [];
    const onRequest = (event: RequestEvent): void => void events.push(event);
    const client = createClient({ url: shaky.url, user: ADMIN, random: () => 0, onRequest });
    try {
      await work(client, events);
    } finally {
      await client.close();
      await shaky.close();
    }
  }

  it.each(['503', '429', '500', 'reset', 'truncated', 'answer-lost'])('%s now and then: reads get through', (effect) =>
    onABadDay(`${effect}:method=GET,path=/api/*,probability=0.4,seed=7`, async (client) => {
      for (let n = 0; n < 10; n++) expect(await client.list('/projects')).toHaveLength(1);
      expect(client.calls).toBeGreaterThan(13);
    }),
  );

  it('a login page instead of Harbor: an error that reports it, at once', () =>
    onABadDay('html:path=/api/*', async (client) => {
      expect((await errorOf(client.list('/projects'))).message).toContain('an HTML page');
      expect(client.calls).toBeLessThanOrEqual(3);
    }));

  it('a delete that was done and whose answer was lost is done', () =>
    onABadDay('answer-lost:method=DELETE,times=1', async (client, events) => {
      await client.post('/projects', { project_name: 'short-lived' });
      await client.delete('/projects/short-lived');
      expect(events.filter(({ method }) => method === 'DELETE').map(({ status }) => status)).toEqual([undefined, 404]);
      expect(await client.find('/projects/short-lived')).toBeUndefined();
    }));

  it('a create that was applied but whose response was lost is not sent again', () =>
    onABadDay('answer-lost:method=POST,path=/api/*,times=1', async (client, events) => {
      await expect(client.post('/projects', { project_name: 'once' })).rejects.toMatchObject({ code: 'NETWORK_RESET' });
      expect(events.filter(({ method, url }) => method === 'POST' && url.includes('/api/'))).toHaveLength(1);
      expect(await client.find('/projects/once')).toBeDefined();
    }));
});

it('lists the members of a project in which Harbor counts one that it does not show', () =>
  asked({ user: ADMIN }, async (client) => {
    const user = { username: 'alice', email: 'a@example.com', realname: 'Alice', password: 'Passw0rd1', comment: '' };
    await client.post('/users', user);
    const { id } = await client.post('/projects/private-001/members', {
      role_id: 2,
      member_user: { username: 'alice' },
    });
    expect(await client.list('/projects/private-001/members')).toHaveLength(2);
    await client.put(`/projects/private-001/members/${id}`, { role_id: 9 });
    expect(await client.list('/projects/private-001/members')).toHaveLength(1);
  }));
