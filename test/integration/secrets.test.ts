import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../src/plan/plan';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { startScannerAdapter, type ScannerAdapter } from '../../src/sandbox/scanner-adapter';
import { cli, directoryWith, type CliResult } from '../support/cli';

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

describe('the secret of a registry that its upstream no longer accepts', () => {
  it.each(['v2.13.5', 'v2.14.4', 'v2.15.2', 'v2.16.0'])(
    'is written again on %s once it is asked for, and only then',
    async (version) => {
      upstream.setAuth(`bot:${OLD}`);
      const directory = await policiesWith([registry()], version);
      expect(await ran(directory, OLD, 'apply')).toMatchObject({ code: 0 });
      expect(await planOf(directory, OLD, '--prove-secrets')).toMatchObject({ changes: [], unverifiable: [] });

      upstream.setAuth(`bot:${NEW}`);
      expect(await planOf(directory, NEW)).toMatchObject({
        changes: [],
        unverifiable: [{ address: 'registry/up', field: 'credential.access_secret' }],
      });
      const { code, out } = await ran(directory, NEW, 'plan', '--prove-secrets');
      expect(code).toBe(2);
      expect(out).toMatch(
        /~ registry\/up[^]*access_secret = \(secret: env SECRET\) {2}# the stored one is dead, the de/,
      );
      expect(await ran(directory, NEW, 'apply', '--prove-secrets')).toMatchObject({ code: 0 });
      expect(await ran(directory, NEW, 'drift', '--prove-secrets')).toMatchObject({ code: 0 });
    },
  );

  it.each<[string, () => void, string | undefined, RegExp]>([
    ['neither is accepted', () => upstream.setAuth('bot:another'), NEW, /neither the stored nor the declared/],
    ['the upstream is down', () => upstream.setMode('500'), NEW, /neither the stored nor the declared/],
    ['the declared one is not known here', () => upstream.setAuth('bot:another'), undefined, /SECRET/],
  ])('is unverifiable, and no change, where %s', async (_case, happen, secret, reason) => {
    upstream.setAuth(`bot:${OLD}`);
    const directory = await policiesWith([registry()]);
    await ran(directory, OLD, 'apply');
    happen();
    const plan = await planOf(directory, secret, '--prove-secrets');
    expect(plan.changes).toEqual([]);
    expect(plan.unverifiable).toEqual([
      { address: 'registry/up', field: 'credential.access_secret', reason: expect.stringMatching(reason) },
    ]);
  });
});

describe('the secret of a robot that Harbor does not hold', () => {
  it.each(['v2.13.5', 'v2.16.0'])('is written again on %s once it is asked for', async (version) => {
    const directory = await policiesWith([ROBOT], version);
    expect(await ran(directory, OLD, 'apply')).toMatchObject({ code: 0 });
    expect(await planOf(directory, OLD, '--prove-secrets')).toMatchObject({ changes: [], unverifiable: [] });
    expect(await planOf(directory, NEW)).toMatchObject({ changes: [], unverifiable: [{ address: 'robot/ci' }] });
    const plan = await planOf(directory, NEW, '--prove-secrets');
    expect(plan.changes).toMatchObject([
      {
        action: 'update',
        address: 'robot/ci',
        fields: [{ path: 'secret', why: expect.stringMatching(/holds another/) }],
      },
    ]);
    expect(await ran(directory, NEW, 'apply', '--prove-secrets')).toMatchObject({ code: 0 });
    expect(await planOf(directory, NEW, '--prove-secrets')).toMatchObject({ changes: [], unverifiable: [] });
  });

  it('says nothing of a robot that is disabled: Harbor refuses the right one, too', async () => {
    const directory = await policiesWith([ROBOT.replace('duration: 5', 'duration: 5, disable: true')]);
    await ran(directory, OLD, 'apply');
    expect(await planOf(directory, NEW, '--prove-secrets')).toMatchObject({
      changes: [],
      unverifiable: [{ address: 'robot/ci', reason: 'the robot is disabled' }],
    });
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
    const { changes, unverifiable } = await planOf(directory, OLD);
    expect({ changes, unverifiable }).toMatchObject({ changes: [], unverifiable: [{ address }] });
    const plan = await planOf(directory, OLD, '--rotate', address);
    expect(plan.changes).toMatchObject([{ action: 'update', address, fields: [{ writeOnly: true }] }]);
    expect(plan.unverifiable).toEqual([]);
    const { code, out } = await ran(directory, OLD, 'apply', '--rotate', address, '--format', 'json');
    expect({ code, ...(JSON.parse(out) as object) }).toMatchObject({ code: 0, ok: [{ address }] });
    expect(await planOf(directory, OLD)).toMatchObject({ changes: [] });
  });
});

describe('a robot that ends soon', () => {
  it.each<[command: string, options: string[], said: boolean]>([
    ['plan', [], true],
    ['plan', ['--expiry-days', '3'], false],
    ['plan', ['--expiry-days', '0'], false],
    ['drift', [], true],
    ['apply', [], true],
    ['doctor', [], true],
    ['doctor', ['--expiry-days', '3'], false],
  ])('%s %j: said is %p', async (command, options, said) => {
    const directory = await policiesWith([ROBOT]);
    await ran(directory, OLD, 'apply');
    const { out, err } = await ran(directory, OLD, command, ...options);
    expect(/robot\/ci: expires on \d{4}-\d\d-\d\d, in 4 days: declare a larger duration/.test(out + err)).toBe(said);
  });
});
