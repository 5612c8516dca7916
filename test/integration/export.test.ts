import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kinds } from '../../src/kinds';
import type { AnyKind } from '../../src/kinds/kind';
import { compare } from '../../src/plan/diff';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith } from '../support/cli';
import { declarationIn } from '../support/sandbox-run';

const PASSWORD = 'Harbor12345';
const TOKEN = 'Canary-5eCr3t-Value';

/** Every kind, in the words of somebody who writes more than Harbor's defaults and sometimes the defaults too. */
function policies(harborUrl: string, upstreamUrl: string): string {
  return `
harbor: { url: ${harborUrl}, username: admin, password: { env: HARBOR_PASSWORD } }
configuration:
  token_expiration: 45
  self_registration: false
  storage_per_project: 10GiB
  robot_token_duration: 60
  oidc_extra_redirect_parms: { prompt: login }
  disabled_audit_log_event_types: [pull_artifact, create_artifact]
registries:
  quay: { type: docker-registry, url: "${upstreamUrl}", insecure: true }
  hub:
    type: docker-registry
    url: "${upstreamUrl}"
    description: "it's: a # registry"
projects:
  proxy.quay.io:
    registry: quay
    public: true
    storage_limit: 500GiB
    proxy_speed_kb: 1024
    retention:
      schedule: '0 0 3 * * *'
      rules:
        - { template: nDaysSinceLastPull, params: { nDaysSinceLastPull: 30 }, tags: '**', untagged: false }
        - { template: always, repositories_exclude: 'library/**' }
    members: [{ group: platform, role: maintainer }, { user: admin, role: projectAdmin }, { user: alice, role: guest }]
    robots:
      puller: { duration: 90, access: [{ resource: repository, action: pull }], secret: { env: ROBOT } }
  proxy.hub: { registry: hub, prevent_vul: true, severity: critical }
  marked:
    reuse_sys_cve_allowlist: false
    cve_allowlist: { items: [CVE-2026-1], expires_at: 2027-03-01 }
    immutable_tags: [{ tags: 'v*' }, { tags_exclude: 'dev-*', repositories: 'base/**' }]
    labels: { stable: { color: '#0065AB' } }
    webhooks:
      ci:
        event_types: [PUSH_ARTIFACT, PULL_ARTIFACT]
        targets: [{ type: http, address: 'http://127.0.0.1:9/hook', auth_header: { env: ROBOT } }]
  team-a: { public: false, auto_scan: true, storage_limit: unlimited }
labels: { approved: { description: Passed the review } }
cve_allowlist: { items: [CVE-2026-2] }
schedules:
  gc: { cron: '0 0 4 * * *', delete_untagged: true, workers: 4 }
  purge_audit: { cron: '0 0 5 * * *', audit_retention_hour: 720, include_event_types: [pull_artifact] }
replications:
  base: { from: quay, filters: [{ type: name, value: 'library/**' }], dest_namespace: team-a, trigger: { scheduled: '0 15 2 * * *' } }
users:
  alice: { email: alice@example.com, realname: Alice, password: { env: ROBOT } }
groups: { platform: { type: oidc }, admins: { type: oidc } }
robots:
  gitops:
    description: reads
    duration: -1
    secret: { env: ROBOT }
    system: [{ resource: registry, action: list }]
    projects: { '*': [{ resource: repository, action: pull }], team-a: [{ resource: artifact, action: list }] }
`;
}

const made: string[] = [];
let upstream: FixtureUpstream;
let first: Sandbox;
let second: Sandbox;
let input: string;
let output: string;
const env: Record<string, string> = { HARBOR_PASSWORD: PASSWORD, ROBOT: TOKEN };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'breakwater-export-'));
  made.push(path);
  return join(path, 'policies');
}

function filesIn(directory: string): Record<string, string> {
  return Object.fromEntries(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

async function applied(directory: string): Promise<void> {
  const { code, err } = await cli(['apply', '--policies', directory, '--yes'], env);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
}

beforeAll(async () => {
  upstream = await startFixtureUpstream();
  [first, second] = await Promise.all([startSandbox({ password: PASSWORD }), startSandbox({ password: PASSWORD })]);
  input = directoryWith({ 'all.yaml': policies(first.url, upstream.url) });
  await applied(input);
  output = folder();
}, 60_000);

afterAll(async () => {
  await Promise.all([first?.close(), second?.close()]);
  await upstream?.close();
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

describe('export', () => {
  it('writes one file per section, and lists the secrets to set', async () => {
    const { code, out, err } = await cli(['export', '--policies', input, '--out', output], env);
    expect({ code, err: code === 0 ? '' : err + out }).toEqual({ code: 0, err: '' });
    expect(readdirSync(output).sort()).toEqual(
      expect.arrayContaining([
        'configuration.yaml',
        'groups.yaml',
        'harbor.yaml',
        'projects.yaml',
        'registries.yaml',
        'robots.yaml',
        'secrets.env.example',
      ]),
    );
    expect(out).toContain('ROBOT_GITOPS_SECRET  robot/gitops: secret');
    expect(out).not.toContain('left out');
  });

  it('has an empty plan', async () => {
    const { code, out } = await cli(['plan', '--policies', output], { ...env, ...secretsIn(output) });
    expect({ code, out: code === 0 ? '' : out }).toEqual({ code: 0, out: '' });
  });

  it("contains what was declared, without Harbor's defaults", async () => {
    const written = new Map((await declarationIn(output)).objects.map(({ address, spec }) => [address, spec]));
    const unsaid = (await declarationIn(input)).objects.flatMap(({ kind, address, spec }) => {
      if (address === 'project-member/proxy.quay.io/user:admin') return [];
      const rules = kinds.find(({ name }) => name === kind) as AnyKind;
      return compare(spec, written.get(address) ?? {}, rules)
        .filter(({ after }) => after !== false)
        .map(({ path }) => `${address}: ${path}`);
    });
    expect(unsaid).toEqual([]);
  });

  it('creates the same Harbor elsewhere, whose export has the same bytes', async () => {
    const again = folder();
    const moved = directoryWith({ ...filesIn(output), 'harbor.yaml': harborAt(second.url) });
    const { code, err } = await cli(['apply', '--policies', moved, '--yes'], { ...env, ...secretsIn(output) });
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    await cli(['export', '--policies', moved, '--out', again], env);
    const words = (directory: string, url: string): string => JSON.stringify(filesIn(directory)).replaceAll(url, 'URL');
    expect(words(again, second.url)).toBe(words(output, first.url));
  });

  it('never overwrites a file without --force', async () => {
    const before = filesIn(output);
    const refused = await cli(['export', '--policies', input, '--out', output], env);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('already contains policies');
    expect(filesIn(output)).toEqual(before);
    expect((await cli(['export', '--policies', input, '--out', output, '--force'], env)).code).toBe(0);
    expect(filesIn(output)).toEqual(before);
  });

  it('needs no policies, and prints its result as JSON', async () => {
    const out = folder();
    const result = await cli(
      ['export', '--url', first.url, '--username', 'admin', '--out', out, '--format', 'json'],
      env,
    );
    expect(result.code).toBe(0);
    expect(JSON.parse(result.out)).toMatchObject({ schemaVersion: 1, directory: out, leftOut: [], differing: [] });
    expect(readFileSync(join(out, 'registries.yaml'), 'utf8')).toBe(
      readFileSync(join(output, 'registries.yaml'), 'utf8'),
    );
  });

  it.each([
    ['all projects, if it may read itself', [{ resource: 'robot', action: 'list' }], '*', false],
    ['all projects, if it may not', [], '*', true],
    ['one project', [{ resource: 'robot', action: 'list' }], 'team-a', true],
  ])('reports what a robot of %s may not read, and exports the rest', async (_of, system, namespace, mayMiss) => {
    const name = `reader-${namespace === '*' ? 'all' : 'one'}-${system.length}`;
    const pull = { kind: 'project', namespace, access: [{ resource: 'repository', action: 'pull' }] };
    const list = { kind: 'system', namespace: '/', access: [{ resource: 'registry', action: 'list' }, ...system] };
    const made = await fetch(`${first.url}/api/v2.0/robots`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ name, level: 'system', duration: -1, permissions: [list, pull] }),
    });
    const { secret } = (await made.json()) as { secret: string };
    const out = folder();
    const result = await cli(['export', '--url', first.url, '--robot', `robot$${name}`, '--out', out], {
      HARBOR_ROBOT_SECRET: secret,
    });
    expect(result.out).toContain('Not readable with these credentials:');
    expect(result.out.includes('project: only the projects that these credentials are known to see')).toBe(mayMiss);
    expect(existsSync(join(out, 'configuration.yaml'))).toBe(false);
    expect(existsSync(join(out, 'registries.yaml'))).toBe(true);
  });

  it('leaves out what cannot be declared, with the reason', async () => {
    const made = await fetch(`${first.url}/api/v2.0/usergroups`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ group_name: 'odd', group_type: 9 }),
    });
    expect(made.status).toBe(201);
    const out = folder();
    const result = await cli(['export', '--policies', input, '--out', out], env);
    expect(result.code).toBe(0);
    expect(result.out).toMatch(/1 item left out:\n {2}user-group\/odd: .*type/);
    expect(readFileSync(join(out, 'groups.yaml'), 'utf8')).not.toContain('odd');
  });

  it('prints no secret', () => {
    expect(JSON.stringify(filesIn(output))).not.toContain(TOKEN);
    expect(JSON.stringify(filesIn(output))).not.toContain(PASSWORD);
  });
});

function harborAt(url: string): string {
  return `harbor: { url: ${url}, username: admin, password: { env: HARBOR_PASSWORD } }\n`;
}

/** The listed secrets, filled in. */
function secretsIn(directory: string): Record<string, string> {
  const names = [...readFileSync(join(directory, 'secrets.env.example'), 'utf8').matchAll(/^([A-Z0-9_]+)=$/gm)];
  return Object.fromEntries(names.map(([, name = '']) => [name, TOKEN]));
}

it('a proxy project whose type no new one can have is exported with a note, and accepted again with a warning', async () => {
  const dataDir = folder();
  const old = await startSandbox({ password: PASSWORD, dataDir, harborVersion: 'v2.13.5' });
  const made = directoryWith({
    'a.yaml': [
      `harbor: { url: "${old.url}", username: admin, password: { env: HARBOR_PASSWORD } }`,
      `registries: { q: { type: quay, url: "${upstream.url}", insecure: true } }`,
      'projects: { cache: { registry: q, public: true, storage_limit: 5GiB } }',
    ].join('\n'),
  });
  await applied(made);
  await old.close();
  const upgraded = await startSandbox({ password: PASSWORD, dataDir });
  try {
    const out = folder();
    const argv = ['export', '--url', upgraded.url, '--username', 'admin', '--out', out];
    const result = await cli(argv, env);
    expect(result).toMatchObject({ code: 0, out: expect.not.stringContaining('left out') });
    expect(readFileSync(join(out, 'projects.yaml'), 'utf8')).toMatch(
      / {4}# Harbor 2\.14 and later make no new proxy cache of type quay; this one keeps working\.\n {4}registry: q\n/,
    );
    const validated = await cli(['validate', '--policies', out], env);
    expect(validated.out).toContain('warning[registry-cannot-proxy]');
    // The upstream of this test speaks http on a loopback address: what the rules say of that is the only error.
    const errors = [...validated.out.matchAll(/error\[([^\]]+)\]/g)].map(([, rule]) => rule);
    expect({ code: validated.code, errors }).toEqual({
      code: 4,
      errors: expect.arrayContaining(['HP015', 'HP016', 'HP018']),
    });
    expect((await cli(['plan', '--policies', out], env)).code).toBe(0);
  } finally {
    await upgraded.close();
  }
});
