import { join } from 'node:path';
import type { Plan } from '../../src/plan/plan';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { callApi } from './harbor-api';

const SECRET = 'Declared-5ecret';
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
});
afterEach(() => sandbox.close());

const AS_USER = 'username: admin, password: { env: HARBOR_PASSWORD }';
const AS_BOTH = `${AS_USER}, robot: { name: "robot$ci", secret: { env: SECRET } }`;
const PULL = 'projects: { "*": [{ resource: repository, action: pull }] }';
const ROBOTS = `robots: { ci: { duration: 90, secret: { env: SECRET }, ${PULL} } }`;

function policies(who: string, ...lines: string[]): string {
  return directoryWith({ 'harbor.yaml': [`harbor: { url: ${sandbox.url}, ${who} }`, ...lines].join('\n') });
}

function ran(directory: string, ...argv: string[]): Promise<CliResult> {
  const env = { HARBOR_PASSWORD: 'Harbor12345', SECRET };
  const journal = argv[0] === 'apply' ? ['--yes', '--journal', join(directory, 'journal.jsonl')] : [];
  return cli([...argv, '--policies', directory, ...journal], env);
}

async function refusals(directory: string, ...argv: string[]): Promise<[string | undefined, string][]> {
  const { out } = await ran(directory, 'plan', '--format', 'json', ...argv);
  return (JSON.parse(out) as Plan).refusals.map(({ rule, message, hint }) => [rule, `${message} | ${hint}`]);
}

describe('a change that breaks logins', () => {
  it.each<[string, string, string, RegExp]>([
    ['the prefix of robots', 'robot_name_prefix: "bot-"', 'robot-prefix', /"robot\$" to "bot-".*every robot.*--target/],
    ['read-only mode', 'read_only: true', 'read-only', /--target configuration\/harbor/],
  ])('%s is refused until it is named', async (_case, setting, rule, message) => {
    const directory = policies(AS_USER, `configuration: { ${setting} }`);
    expect(await refusals(directory)).toEqual([[rule, expect.stringMatching(message)]]);
    expect(await ran(directory, 'apply')).toMatchObject({ code: 6 });
    expect(await refusals(directory, '--target', 'configuration/harbor')).toEqual([]);
    expect(await ran(directory, 'apply', '--target', 'configuration/harbor')).toMatchObject({ code: 0 });
  });

  it('reports how many robots were read', async () => {
    await ran(policies(AS_USER, ROBOTS), 'apply');
    const directory = policies(AS_USER, ROBOTS, 'configuration: { robot_name_prefix: "bot-" }');
    expect(await refusals(directory)).toEqual([['robot-prefix', expect.stringMatching(/\(1 was read\)/)]]);
  });

  it.each<[string, string, string]>([
    ['its name', 'configuration: { robot_name_prefix: "bot-" }', 'configuration/harbor'],
    ['its life', ROBOTS.replace('duration: 90', 'duration: 9'), 'robot/ci'],
    ['its login', ROBOTS.replace('duration: 90', 'duration: 90, disable: true'), 'robot/ci'],
    ['its permissions', ROBOTS.replace('action: pull', 'action: list'), 'robot/ci'],
  ])('of the robot that runs is never allowed: %s', async (_case, change, address) => {
    expect(await ran(policies(AS_USER, ROBOTS), 'apply')).toMatchObject({ code: 0 });
    const directory = policies(AS_BOTH, change);
    const [found] = await refusals(directory, '--target', address);
    expect(found).toEqual(['own-robot', expect.stringMatching(/this run uses robot\$ci/)]);
    expect(await ran(directory, 'apply', '--target', address)).toMatchObject({ code: 6 });
    expect((await callApi(sandbox, 'GET', '/configurations')).body).toMatchObject({
      robot_name_prefix: { value: 'robot$' },
    });
  });
});

describe('the last administrator', () => {
  const USER = 'email: a@example.com, realname: A, password: { env: SECRET }';
  const alice = (sysadmin: string): string => `users: { alice: { ${USER}${sysadmin} }`;
  const bob = ', bob: { email: b@example.com, realname: B, password: { env: SECRET }, sysadmin: true } }';

  it('cannot be replaced in one plan, with any --target, but in two', async () => {
    expect(await ran(policies(AS_USER, `${alice(', sysadmin: true')} }`), 'apply')).toMatchObject({ code: 0 });
    const both = policies(AS_USER, `${alice(', sysadmin: false')}${bob}`);
    expect(await refusals(both, '--target', 'user/alice', '--target', 'user/bob')).toEqual([
      ['last-admin', expect.stringMatching(/second step/)],
    ]);
    const first = policies(AS_USER, `${alice(', sysadmin: true')}${bob}`);
    expect(await ran(first, 'apply')).toMatchObject({ code: 0 });
    expect(await ran(both, 'apply')).toMatchObject({ code: 0 });
  });
});
