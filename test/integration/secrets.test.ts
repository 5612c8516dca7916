import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../src/plan/plan';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { startScannerAdapter, type ScannerAdapter } from '../../src/scanner-adapter';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { callApi } from './harbor-api';

const ADMIN = { HARBOR_PASSWORD: 'Harbor12345' };
const OLD = 'Old-5ecret-Value';
const NEW = 'New-5ecret-Value';

let upstream: FixtureUpstream;
let adapter: ScannerAdapter;
const started: Sandbox[] = [];

beforeAll(async () => {
  upstream = await startFixtureUpstream();
  adapter = await startScannerAdapter({ authorization: `Bearer ${OLD}` });
});
afterEach(async () => {
  upstream.setAuth(undefined);
  upstream.setMode('ok');
  await Promise.all(started.splice(0).map((sandbox) => sandbox.close()));
});
afterAll(async () => {
  await upstream.close();
  await adapter.close();
});

async function policiesWith(lines: readonly string[], harborVersion = 'v2.15.2'): Promise<string> {
  const sandbox = await startSandbox({ timeScale: 1, harborVersion });
  started.push(sandbox);
  return directoryWith({
    'harbor.yaml': [
      `harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }`,
      ...lines,
    ].join('\n'),
  });
}

/** A command line with these secrets; whatever it says, it says none of them. */
async function ran(directory: string, secret: string | undefined, ...argv: string[]): Promise<CliResult> {
  const [command = '', ...options] = argv;
  const journal = command === 'apply' ? ['--yes', '--journal', join(directory, 'journal.jsonl')] : [];
  const env = { ...ADMIN, ...(secret === undefined ? {} : { SECRET: secret }) };
  const result = await cli([command, '--policies', directory, ...options, ...journal], env);
  for (const value of [OLD, NEW]) expect(result.out + result.err).not.toContain(value);
  if (command === 'apply') expect(readFileSync(join(directory, 'journal.jsonl'), 'utf8')).not.toMatch(/5ecret/);
  return result;
}

async function planOf(directory: string, secret: string | undefined, ...options: string[]): Promise<Plan> {
  return JSON.parse((await ran(directory, secret, 'plan', '--format', 'json', ...options)).out) as Plan;
}

const registry = (): string =>
  `registries: { up: { type: docker-registry, url: ${upstream.url}, credential: { access_key: bot, access_secret: { env: SECRET } } } }`;
const ROBOT =
  'robots: { ci: { duration: 5, secret: { env: SECRET }, projects: { "*": [{ resource: repository, action: pull }] } } }';

const PULL_ALL = { kind: 'project', namespace: '*', access: [{ resource: 'repository', action: 'pull' }] };
const HOOK = [
  'projects:',
  '  cache:',
  '    public: true',
  '    webhooks: { hook: { event_types: [PULL_ARTIFACT], targets: [{ type: http, address: "http://127.0.0.1:9", auth_header: { env: SECRET } }] } }',
];

/** By hand, past Breakwater, in the sandbox that was started last. */
function api(method: string, path: string, body?: object): ReturnType<typeof callApi> {
  return callApi(started.at(-1)!, method, path, body);
}

describe('the secret of a registry that its upstream no longer accepts', () => {
  it.each(['v2.13.5', 'v2.14.4', 'v2.15.2', 'v2.16.0'])(
    'is written again on %s once it is asked for, and only then',
    async (version) => {
      upstream.setAuth(`bot:${OLD}`);
      const directory = await policiesWith([registry()], version);
      expect(await ran(directory, OLD, 'apply')).toMatchObject({ code: 0 });
      expect(await planOf(directory, OLD, '--prove-secrets')).toMatchObject({ changes: [], notCompared: [] });

      upstream.setAuth(`bot:${NEW}`);
      expect(await planOf(directory, NEW)).toMatchObject({
        changes: [],
        notCompared: [{ address: 'registry/up', field: 'credential.access_secret' }],
      });
      const { code, out } = await ran(directory, NEW, 'plan', '--prove-secrets');
      expect(code).toBe(0);
      expect(out).toMatch(
        /~ registry\/up[^]*access_secret = \(secret: env SECRET\) {2}# the stored secret does not work, the de/,
      );
      expect(await ran(directory, NEW, 'apply', '--prove-secrets')).toMatchObject({ code: 0 });
      expect(await ran(directory, NEW, 'drift', '--prove-secrets')).toMatchObject({ code: 0 });
    },
  );

  it.each<[string, number, () => void, string | undefined, RegExp]>([
    ['neither is accepted', 7, () => upstream.setAuth('bot:another'), NEW, /neither the stored nor the declared/],
    ['the upstream is down', 7, () => upstream.setMode('500'), NEW, /neither the stored nor the declared/],
    ['the declared one is not known here', 0, () => upstream.setAuth('bot:another'), undefined, /SECRET/],
  ])('is not compared, and no change, if %s: exit code %i', async (_case, exit, happen, secret, reason) => {
    upstream.setAuth(`bot:${OLD}`);
    const directory = await policiesWith([registry()]);
    await ran(directory, OLD, 'apply');
    happen();
    const { code, out } = await ran(directory, secret, 'plan', '--prove-secrets', '--format', 'json');
    const plan = JSON.parse(out) as Plan;
    expect({ code, changes: plan.changes }).toEqual({ code: exit, changes: [] });
    expect(plan.notCompared).toMatchObject([
      { address: 'registry/up', field: 'credential.access_secret', reason: expect.stringMatching(reason) },
    ]);
    expect((await ran(directory, secret, 'drift', '--prove-secrets')).code).toBe(exit);
    expect((await ran(directory, secret, 'apply', '--prove-secrets')).code).toBe(exit);
  });
});

describe('the secret of a robot that Harbor does not have', () => {
  it.each(['v2.13.5', 'v2.16.0'])('is rewritten on %s, unless testing is not permitted', async (version) => {
    const directory = await policiesWith([ROBOT], version);
    expect(await ran(directory, OLD, 'apply')).toMatchObject({ code: 0 });
    expect(await planOf(directory, OLD)).toMatchObject({ changes: [], notCompared: [] });
    expect(await planOf(directory, NEW, '--no-prove')).toMatchObject({
      changes: [],
      notCompared: [{ address: 'robot/ci', field: 'secret' }],
    });
    expect(await ran(directory, NEW, 'drift')).toMatchObject({ code: 2 });
    const plan = await planOf(directory, NEW);
    expect(plan.changes).toMatchObject([
      {
        action: 'update',
        address: 'robot/ci',
        fields: [{ path: 'secret', why: expect.stringMatching(/has another secret/) }],
      },
    ]);
    expect(plan.warnings).toContainEqual({
      address: 'robot/ci',
      message: expect.stringMatching(/logins with another secret then fail/),
    });
    expect(await ran(directory, NEW, 'apply')).toMatchObject({ code: 0 });
    expect(await planOf(directory, NEW)).toMatchObject({ changes: [], notCompared: [] });
  });

  it('is written if a killed run left the robot with an unknown secret', async () => {
    const directory = await policiesWith([ROBOT]);
    const body = { name: 'ci', level: 'system', duration: 5, permissions: [PULL_ALL] };
    expect((await api('POST', '/robots', body)).status).toBe(201);
    expect(await ran(directory, OLD, 'apply')).toMatchObject({ code: 0 });
    expect(await planOf(directory, OLD)).toMatchObject({ changes: [], notCompared: [] });
  });

  it.each<[string, string, string | undefined, RegExp]>([
    ['a disabled robot: Harbor refuses the right one, too', ', disable: true', OLD, /the robot is disabled/],
    ['a robot whose secret is not known here', '', undefined, /SECRET/],
  ])('is not compared, and that is reported, for %s', async (_case, rest, secret, reason) => {
    const directory = await policiesWith([ROBOT.replace('duration: 5', `duration: 5${rest}`)]);
    await ran(directory, OLD, 'apply');
    const { code, out } = await ran(directory, secret, 'plan');
    expect(code).toBe(0);
    expect(out).toMatch(/Not compared: 1 secret that Harbor never returns: robot\/ci secret \(/);
    expect(out).toMatch(reason);
    expect(out).toMatch(/No changes\. What was compared matches the declaration/);
  });
});

describe('the header of a webhook that someone changed', () => {
  it('is a change whose value is never shown', async () => {
    const directory = await policiesWith(HOOK);
    await ran(directory, OLD, 'apply');
    expect(await planOf(directory, OLD)).toMatchObject({ changes: [], notCompared: [] });
    const [hook] = (await api('GET', '/projects/cache/webhook/policies')).body as { id: number; targets: object[] }[];
    const targets = hook!.targets.map((target) => ({ ...target, auth_header: 'Other-5ecret-Value' }));
    await api('PUT', `/projects/cache/webhook/policies/${hook!.id}`, { ...hook, targets });
    const { code, out } = await ran(directory, OLD, 'drift');
    expect(code).toBe(2);
    expect(out).toMatch(/~ webhook\/cache\/hook[^]*auth_headers: {2}# Harbor has another value\n.*secret: env SECRET/);
    expect(out).not.toMatch(/5ecret/);
    expect(await ran(directory, OLD, 'apply')).toMatchObject({ code: 0 });
    expect(await planOf(directory, OLD)).toMatchObject({ changes: [], notCompared: [] });
  });
});

describe('a secret that is declared later', () => {
  const OIDC = 'oidc_endpoint: "https://dex.example.com", oidc_client_id: h';
  const WITH = `configuration: { ${OIDC}, oidc_client_secret: { env: SECRET } }`;
  const ADDRESS = 'configuration/harbor';

  async function baseWith(...lines: string[]): Promise<string> {
    return directoryWith({ 'harbor.yaml': lines.join('\n') });
  }

  it('is written with --base, by the plan and by the apply', async () => {
    const directory = await policiesWith([WITH]);
    await api('PUT', '/configurations', { oidc_endpoint: 'https://dex.example.com', oidc_client_id: 'h' });
    const plain = await ran(directory, OLD, 'plan');
    expect(plain.code).toBe(0);
    expect(plain.out).toMatch(/Not compared: .*configuration\/harbor oidc_client_secret.*--rotate ADDRESS/);
    const base = await baseWith(`configuration: { ${OIDC} }`);
    const plan = await planOf(directory, OLD, '--base', base);
    expect(plan.changes).toMatchObject([{ address: ADDRESS, fields: [{ path: 'oidc_client_secret' }] }]);
    const { out } = await ran(directory, OLD, 'apply', '--base', base, '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({ ok: [{ address: ADDRESS }] });
    expect(await planOf(directory, OLD, '--base', directory)).toMatchObject({ changes: [] });
  });

  it.each<[string, string, string]>([
    [
      'only other keys differ',
      'configuration: { token_expiration: 41, oidc_client_secret: { env: SECRET } }',
      'oidc_client_secret',
    ],
    [
      'only the name of a person differs',
      'users: { alice: { email: a@example.com, realname: B, password: { env: SECRET } } }',
      'password',
    ],
  ])('is written along if %s', async (_case, line, field) => {
    const directory = await policiesWith([line]);
    const user = { username: 'alice', email: 'a@example.com', realname: 'A', password: OLD };
    await api('POST', '/users', user);
    const { changes } = await planOf(directory, NEW);
    expect(changes).toMatchObject([{ action: 'update' }]);
    expect(changes[0]!.fields.map(({ path }) => path)).toContain(field);
    expect(await ran(directory, NEW, 'apply')).toMatchObject({ code: 0 });
  });

  it('is listed as not compared in text, JSON and Markdown', async () => {
    const directory = await policiesWith([WITH]);
    await ran(directory, OLD, 'apply');
    for (const format of ['text', 'markdown']) {
      const { out } = await ran(directory, OLD, 'plan', '--format', format);
      expect(out).toMatch(/Not compared: .*configuration\/harbor oidc/);
      expect(out).toMatch(/1 not compared/);
    }
    const field = { address: ADDRESS, field: 'oidc_client_secret' };
    expect(await planOf(directory, OLD)).toMatchObject({ notCompared: [field] });
  });
});

describe('--rotate', () => {
  const project = (rest: string): string[] => ['projects:', '  cache:', '    public: true', `    ${rest}`];
  it.each<[address: string, lines: () => string[]]>([
    ['registry/up', () => [registry()]],
    ['robot/ci', () => [ROBOT]],
    [
      'robot/made',
      () => [ROBOT.replace('ci:', 'made:').replace('secret: { env: SECRET }', 'secret_to: { file: made, as: plain }')],
    ],
    ['user/alice', () => ['users: { alice: { email: a@example.com, realname: A, password: { env: SECRET } } }']],
    [
      'webhook/cache/hook',
      () =>
        project(
          'webhooks: { hook: { event_types: [PULL_ARTIFACT], targets: [{ type: http, address: "http://127.0.0.1:9", auth_header: { env: SECRET } }] } }',
        ),
    ],
    [
      'scanner/own',
      () => [`scanners: { own: { url: "${adapter.url}", auth: Bearer, access_credential: { env: SECRET } } }`],
    ],
    [
      'preheat-instance/p2p',
      () => [
        'preheat: { instances: { p2p: { vendor: dragonfly, endpoint: "http://127.0.0.1:9", auth_mode: OAUTH, auth_info: { token: { env: SECRET } } } } }',
      ],
    ],
    [
      'configuration/harbor',
      () => [
        'configuration: { oidc_endpoint: "https://dex.example.com", oidc_client_id: h, oidc_client_secret: { env: SECRET } }',
      ],
    ],
  ])('writes the secret of %s again, and nothing else', async (address, lines) => {
    const directory = await policiesWith(lines());
    expect(await ran(directory, OLD, 'apply')).toMatchObject({ code: 0 });
    const { changes, notCompared } = await planOf(directory, OLD, '--no-prove');
    expect({ changes, notCompared }).toMatchObject({ changes: [], notCompared: [{ address }] });
    const plan = await planOf(directory, OLD, '--rotate', address);
    expect(plan.changes).toMatchObject([{ action: 'update', address, fields: [{ writeOnly: true }] }]);
    expect(plan.notCompared).toEqual([]);
    const { code, out } = await ran(directory, OLD, 'apply', '--rotate', address, '--format', 'json');
    expect({ code, ...(JSON.parse(out) as object) }).toMatchObject({ code: 0, ok: [{ address }] });
    expect(await planOf(directory, OLD)).toMatchObject({ changes: [] });
  });
});

describe('a robot that expires soon', () => {
  it.each<[command: string, options: string[], said: boolean]>([
    ['plan', [], true],
    ['plan', ['--expiry-days', '3'], false],
    ['plan', ['--expiry-days', '0'], false],
    ['drift', [], true],
    ['apply', [], true],
    ['doctor', [], true],
    ['doctor', ['--expiry-days', '3'], false],
  ])('%s %j: reported is %p', async (command, options, said) => {
    const directory = await policiesWith([ROBOT.replace('duration: 5', 'duration: 20')]);
    await ran(directory, OLD, 'apply');
    // It was made sixteen days ago: four are left, less than a third.
    const { robots } = started.at(-1)!.store;
    const [{ id }] = robots.all() as unknown as [{ id: number }];
    robots.update(id, { duration: 20, expiresAt: Math.floor(Date.now() / 1000) + 4 * 86_400 + 3600 });
    const { out, err } = await ran(directory, OLD, command, ...options);
    expect(/robot\/ci: expires on \d{4}-\d\d-\d\d, in 4 days: declare a larger duration/.test(out + err)).toBe(said);
  });
});
