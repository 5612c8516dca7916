import { join } from 'node:path';
import type { Plan } from '../../src/plan/plan';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { createWholeRobot } from '../support/whole-robot';
import { callApi } from './harbor-api';

// Harbor lists only the projects that the caller may read, and refuses the list to nobody (docs/harbor-behavior.md 2.9).

const PASSWORD = 'Harbor12345';

let sandbox: Sandbox;
let env: Record<string, string>;
const targets: string[] = [];

beforeAll(async () => {
  const onRequest = ({ target }: { readonly target: string }): void => void targets.push(target);
  sandbox = await startSandbox({ password: PASSWORD, timeScale: 0.01, onRequest });
  env = { ADMIN: PASSWORD };
  for (const project_name of ['seen', 'hidden'])
    expect((await callApi(sandbox, 'POST', '/projects', { project_name, metadata: { public: 'false' } })).status).toBe(
      201,
    );
});
afterAll(() => sandbox.close());

/** A system robot that may read registries, and one project; with `system` more. */
async function robotWith(name: string, ...system: readonly string[]): Promise<string> {
  const access = ['registry:list', ...system].map((pair) => {
    const [resource, action] = pair.split(':');
    return { resource, action };
  });
  const permissions = [
    { kind: 'system', namespace: '/', access },
    { kind: 'project', namespace: 'seen', access: [{ resource: 'repository', action: 'pull' }] },
  ];
  const made = await callApi(sandbox, 'POST', '/robots', { name, level: 'system', duration: -1, permissions });
  env = { ...env, [name.toUpperCase()]: (made.body as { secret: string }).secret };
  return `robot: { name: "robot$${name}", secret: { env: ${name.toUpperCase()} } }`;
}

async function ran(who: string, projects: string, ...argv: string[]): Promise<CliResult> {
  const directory = directoryWith({ 'a.yaml': `harbor: { url: ${sandbox.url}, ${who} }\nprojects: ${projects}\n` });
  const [command = '', ...rest] = argv;
  return cli([command, '--policies', directory, ...rest], env);
}

async function planned(who: string, projects: string): Promise<Plan> {
  const { code, out, err } = await ran(who, projects, 'plan', '--format', 'json');
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Plan;
}

const PROJECTS = '{ seen: {}, hidden: { public: false, labels: { l: {} } }, fresh: { public: false } }';

describe('the plan of a robot that sees some projects', () => {
  it.each([
    ['and may read itself', 'reader', ['robot:list']],
    ['and may not read itself', 'blind', []],
  ])('%s does not create one that exists and is not visible, nor what is in it', async (_may, name, system) => {
    const who = await robotWith(name, ...system);
    const { changes, unreadable, unseen } = await planned(who, PROJECTS);
    expect(changes.map(({ action, address }) => `${action} ${address}`)).toEqual(['create project/fresh']);
    expect(unreadable).toEqual([
      {
        address: 'project/hidden',
        reason:
          'it exists, but these credentials do not see it: grant them access to it, or declare a system administrator',
      },
    ]);
    expect(unseen).toContainEqual({
      kind: 'project',
      reason: 'only the projects that these credentials are known to see: others may exist',
    });
    expect((await ran(who, '{ hidden: { public: false } }', 'drift')).code).toBe(2);
  });
});

it.each([
  ['a system administrator', async () => 'username: admin, password: { env: ADMIN }'],
  ['a robot with project:list', () => robotWith('lister', 'robot:list', 'project:list')],
])('%s sees them all, and nothing is reported', async (_who, who) => {
  const { unseen = [], unreadable } = await planned(await who(), '{ seen: {}, hidden: { public: false }, fresh: {} }');
  expect({ unseen: unseen.filter(({ kind }) => kind === 'project'), unreadable }).toEqual({
    unseen: [],
    unreadable: [],
  });
});

it('an apply that creates a project which its credentials then do not see does not accuse Harbor of having ignored it', async () => {
  const who = await robotWith('maker', 'project:create');
  const { out, err } = await ran(who, '{ made: { public: false } }', 'apply', '--yes');
  expect(out + err).toContain('project/made: Harbor accepted it, but it cannot be read back: it exists, but these');
  expect(out + err).not.toContain('it does not exist');
});

it('an export reads the list of robots once, with the permissions of its own robot', async () => {
  const robot = await createWholeRobot(
    { url: sandbox.url, user: { username: 'admin', password: async () => PASSWORD } },
    'all',
  );
  const out = join(directoryWith({}), 'policies');
  targets.length = 0;
  const argv = ['export', '--url', sandbox.url, '--robot', robot.name, '--out', out];
  const result = await cli(argv, { HARBOR_ROBOT_SECRET: robot.secret });
  expect(result).toMatchObject({ code: 0, out: expect.not.stringContaining('known to see') });
  expect(targets.filter((target) => /\/robots\?(?!.*Level)/.test(target))).toHaveLength(1);
});
