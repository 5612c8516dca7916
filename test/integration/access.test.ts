import type { RobotCreatedWire } from '../../src/kinds/support/robot-wire';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, proveIdentity, type ClientOptions, type RequestEvent } from '../../src/harbor';
import { declaredAccess } from '../../src/app/access';
import type { Plan } from '../../src/plan/plan';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { declarationIn } from '../support/sandbox-run';

const PASSWORD = 'Harbor12345';
const ADMIN = { username: 'admin', password: async () => PASSWORD };

let sandbox: Sandbox;
let upstream: FixtureUpstream;
/** Sees registries, projects and robots, and changes none of them. */
let reader: RobotCreatedWire;

beforeAll(async () => {
  upstream = await startFixtureUpstream();
  sandbox = await startSandbox({ password: PASSWORD, timeScale: 0.01 });
  const access = (pairs: string[]) =>
    pairs.map((pair) => ({ resource: pair.split(':')[0], action: pair.split(':')[1] }));
  reader = await asked({ user: ADMIN }, async (client) => {
    const { body } = await client.post<RobotCreatedWire>('/robots', {
      name: 'reader',
      level: 'system',
      duration: 5,
      permissions: [
        {
          kind: 'system',
          namespace: '/',
          access: access(['registry:list', 'project:list', 'robot:list']),
        },
        { kind: 'project', namespace: '*', access: access(['project:read', 'repository:pull']) },
      ],
    });
    return body!;
  });
});
afterAll(async () => {
  await sandbox.close();
  await upstream.close();
});

async function asked<T>(
  given: Partial<ClientOptions>,
  work: (client: ReturnType<typeof createClient>, events: RequestEvent[]) => Promise<T>,
): Promise<T> {
  const events: RequestEvent[] = [];
  const client = createClient({ url: sandbox.url, onRequest: (event) => events.push(event), ...given });
  try {
    return await work(client, events);
  } finally {
    await client.close();
  }
}

const AS_ROBOT = 'robot: { name: "robot$reader", secret: { env: READER } }';
const AS_USER = 'username: admin, password: { env: HARBOR_PASSWORD }';
const REGISTRY = (): string => `registries: { up: { type: docker-registry, url: ${upstream.url} } }`;
const ROBOTS =
  'robots: { ci: { duration: 9, secret: { env: READER }, projects: { "*": [{ resource: repository, action: pull }] } } }';

function policies(who: string, ...lines: string[]): string {
  return directoryWith({ 'harbor.yaml': [`harbor: { url: ${sandbox.url}, ${who} }`, ...lines].join('\n') });
}

async function ran(directory: string, ...argv: string[]): Promise<CliResult> {
  const [command = '', ...options] = argv;
  const journal = command === 'apply' ? ['--yes', '--journal', join(directory, 'journal.jsonl')] : [];
  const env = { HARBOR_PASSWORD: PASSWORD, READER: reader.secret };
  return cli([command, '--policies', directory, ...options, ...journal], env);
}

const registriesNow = (): Promise<unknown[]> => asked({ user: ADMIN }, (client) => client.list('/registries'));

describe('what the credentials cannot manage', () => {
  it.each(['plan', 'drift'])('is a warning of %s, which names the kinds and what is missing', async (command) => {
    const { code, out } = await ran(policies(AS_ROBOT, REGISTRY(), ROBOTS), command);
    expect(code).toBe(command === 'plan' ? 0 : 2);
    expect(out).toContain(
      'Warning: these credentials cannot manage registry (create needs registry:create; update needs registry:update), ' +
        'robot (create needs robot:create; update needs a user who is system administrator): declare both a robot and a system administrator',
    );
  });

  it('refuses an apply before anything is written, and a saved plan too', async () => {
    const directory = policies(AS_ROBOT, REGISTRY(), ROBOTS);
    const saved = join(directory, 'plan.json');
    expect(await ran(directory, 'plan', '--out', saved)).toMatchObject({ code: 0 });
    for (const argv of [['apply'], ['apply', saved]]) {
      const { code, err } = await ran(directory, ...argv);
      expect(code).toBe(6);
      expect(err).toContain(
        '[no-permission] these credentials cannot create registry/up: create needs registry:create',
      );
    }
    expect(await registriesNow()).toEqual([]);
  });

  it('is a refusal in plan.json; a saved plan can be applied with credentials that may do it', async () => {
    const directory = policies(AS_ROBOT, REGISTRY());
    const saved = join(directory, 'plan.json');
    await ran(directory, 'plan', '--out', saved);
    const { refusals } = (JSON.parse(readFileSync(saved, 'utf8')) as { plan: Plan }).plan;
    expect(refusals).toEqual([expect.objectContaining({ rule: 'no-permission', address: 'registry/up' })]);
    writeFileSync(join(directory, 'harbor.yaml'), readFileSync(join(policies(AS_USER, REGISTRY()), 'harbor.yaml')));
    expect(await ran(directory, 'apply', saved)).toMatchObject({ code: 0 });
    await asked({ user: ADMIN }, async (client) => {
      const [made] = await client.list<{ id: number }>('/registries');
      await client.delete(`/registries/${made!.id}`);
    });
  });

  it('is one message for all kinds that cannot even be read', async () => {
    const directory = policies(AS_ROBOT, 'configuration: { read_only: false }', 'groups: { g: { type: oidc } }');
    const { code, err } = await ran(directory, 'plan');
    expect(code).toBe(8);
    expect(err).toMatch(/error\[IDENTITY\]: these credentials cannot read .*user-group \(read needs user-group:list\)/);
    expect(err).toMatch(/configuration \(read needs a user who is system administrator\)/);
    expect(err).toContain('hint: declare both a robot and a system administrator');
  });

  it('is not reported for a system administrator', async () => {
    const { out } = await ran(policies(AS_USER, REGISTRY(), ROBOTS), 'plan', '--format', 'json');
    expect((JSON.parse(out) as Plan).warnings).toEqual([]);
  });

  it('does not stop what needs no change', async () => {
    const { code } = await ran(policies(AS_ROBOT, 'robots: {}'), 'apply');
    expect(code).toBe(0);
  });
});

it('a secret that the credentials may not ask about is not compared', async () => {
  const credential = 'credential: { access_key: bot, access_secret: { env: READER } }';
  const own = `registries: { asked: { type: docker-registry, url: ${upstream.url}, ${credential} } }`;
  expect(await ran(policies(AS_USER, own), 'apply')).toMatchObject({ code: 0 });
  const { code, out } = await ran(policies(AS_ROBOT, own), 'plan', '--prove-secrets', '--format', 'json');
  expect(code).toBe(0);
  expect((JSON.parse(out) as Plan).notCompared).toEqual([
    { address: 'registry/asked', field: 'credential.access_secret', reason: expect.stringMatching(/may not do this/) },
  ]);
});

describe('a user next to a robot', () => {
  it('does what the robot may not', async () => {
    const directory = policies(`${AS_ROBOT}, ${AS_USER}`, REGISTRY());
    expect(await ran(directory, 'apply')).toMatchObject({ code: 0 });
    expect(await registriesNow()).toContainEqual(expect.objectContaining({ name: 'up' }));
    const sent = await asked({ robot: asRobot(), user: ADMIN }, async (client, events) => {
      await client.post('/registries', { name: 'by-user', type: 'docker-registry', url: upstream.url });
      const api = events.filter(({ url }) => url.includes('/api/'));
      return api.map(({ method, by, status }) => [method, by, status]);
    });
    expect(sent).toEqual([
      ['POST', 'robot', 403],
      ['POST', 'session', 201],
    ]);
  });
});

describe('finding out', () => {
  it.each<[who: string, given: () => Partial<ClientOptions>, most: number]>([
    ['a system administrator', () => ({ user: ADMIN }), 0],
    ['both', () => ({ robot: asRobot(), user: ADMIN }), 0],
    ['a robot that may see itself', () => ({ robot: asRobot() }), 1],
  ])('costs %s no more than it must, and writes nothing', async (_who, given, most) => {
    const declaration = await declarationIn(
      policies(AS_USER, REGISTRY(), ROBOTS, 'configuration: { read_only: false }'),
    );
    await asked(given(), async (client, events) => {
      const identity = await proveIdentity(client);
      const before = events.length;
      await declaredAccess({ client, identity }, declaration);
      expect(events.slice(before).filter(({ method }) => method !== 'GET')).toEqual([]);
      expect(events.length - before).toBeLessThanOrEqual(most);
    });
  });
});

function asRobot(): NonNullable<ClientOptions['robot']> {
  return { name: reader.name, secret: async () => reader.secret };
}
