import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { callApi } from './harbor-api';
import { cli, directoryWith } from '../support/cli';

const ENV = { HARBOR_PASSWORD: 'Harbor12345', UPSTREAM_PASSWORD: 'Canary-5eCr3t-Value' };
const IMAGES = ['library/single:1', 'library/other:1', 'library/multi:2'];

let upstream: FixtureUpstream;
let dataDir: string;
let root: string;

/** A Harbor with three cached images, kept in a directory: each test starts it again, well or ill. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'breakwater-test-'));
  dataDir = join(root, 'data');
  upstream = await startFixtureUpstream({ auth: `puller:${ENV.UPSTREAM_PASSWORD}` });
  upstream.put('library/single', '1', 'a');
  upstream.put('library/other', '1', 'b');
  upstream.put('library/multi', '2', 'idx');
  await withSandbox([], async (sandbox) => {
    const policies = policiesFor(sandbox);
    expect(await cli(['apply', '--yes', '--policies', policies, '--journal', join(root, 'j')], ENV)).toMatchObject({
      code: 0,
    });
    const proof = await cli(['conform', '--policies', policies, '--check', 'M7', '--check', 'B1'], ENV);
    expect(proof).toMatchObject({ code: 0 });
    await cached(sandbox, IMAGES.length);
  });
});
afterAll(async () => {
  await upstream.close();
  rmSync(root, { recursive: true, force: true });
});

async function withSandbox<T>(faults: readonly string[], work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const sandbox = await startSandbox({ timeScale: 0.01, dataDir, faults });
  try {
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
}

function policiesFor({ url }: Pick<Sandbox, 'url'>, more: readonly string[] = []): string {
  return directoryWith({
    'p.yaml': [
      `harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD } }`,
      'registries:',
      `  fixture: { type: docker-registry, url: "${upstream.url}", insecure: true,`,
      '    credential: { access_key: puller, access_secret: { env: UPSTREAM_PASSWORD } } }',
      'projects:',
      '  proxy.fixture:',
      '    registry: fixture',
      '    public: true',
      `    conformance: { pull: [${IMAGES.join(', ')}], platforms: [linux/amd64] }`,
      ...more,
    ].join('\n'),
  });
}

/** Harbor stores what it passed through in the background. */
async function cached(sandbox: Sandbox, count: number): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await fetch(`${sandbox.url}/api/v2.0/projects/proxy.fixture/repositories`, {
      headers: { authorization: `Basic ${Buffer.from(`admin:${ENV.HARBOR_PASSWORD}`).toString('base64')}` },
    });
    if (((await answer.json()) as unknown[]).length === count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the images were not cached');
}

interface Told {
  readonly healthy: boolean;
  readonly probes: readonly { readonly name: string; readonly outcome: string; readonly message: string }[];
}

/** @param minFree the disk of the sandbox is that of this machine: 0 passes on any */
async function health(faults: readonly string[], minFree = '0'): Promise<Told & { readonly code: number }> {
  return withSandbox(faults, async (sandbox) => {
    const asked = ['health', '--format', 'json', '--min-free', minFree, '--policies', policiesFor(sandbox)];
    const { code, out } = await cli(asked, ENV);
    return { code, ...(JSON.parse(out) as Told) };
  });
}

describe('breakwater health', () => {
  it('pulls a manifest, runs a job, and calls that healthy', async () => {
    const { code, healthy, probes } = await health([]);
    expect(probes.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['certificate', 'ok'],
      ['components', 'ok'],
      ['identity', 'ok'],
      ['disk', 'ok'],
      ['pull', 'ok'],
      ['job', 'ok'],
    ]);
    expect(probes[4]!.message).toMatch(/^proxy\.fixture\/library\/\w+@sha256:\w{12}… was pulled as admin$/);
    expect({ code, healthy }).toEqual({ code: 0, healthy: true });
  });

  it('reports that the policy refuses a cached image, which is no fault of Harbor', () =>
    withSandbox([], async (sandbox) => {
      const signed = (enable_content_trust_cosign: string): Promise<unknown> =>
        callApi(sandbox, 'PUT', '/projects/proxy.fixture', { metadata: { enable_content_trust_cosign } });
      await signed('true');
      try {
        const asked = ['health', '--min-free', '0', '--policies', policiesFor(sandbox)];
        const { code, out } = await cli(asked, ENV);
        expect(out).toMatch(
          /^warning {2}pull {9}proxy\.fixture\/.* was not pulled as admin: the policy of proxy\.fixture refuses it: .*not signed by cosign/m,
        );
        expect(out).not.toMatch(/core and registry/);
        expect(code).toBe(0);
      } finally {
        await signed('false');
      }
    }));

  it('fails on a disk with less free space than is asked for, and checks the rest', async () => {
    const { code, healthy, probes } = await health([], '101');
    expect({ code, healthy }).toEqual({ code: 7, healthy: false });
    const [disk, ...others] = probes.slice(3);
    expect(disk).toMatchObject({
      name: 'disk',
      outcome: 'error',
      message: expect.stringMatching(/GiB are free .* %\)$/),
    });
    expect(others.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });

  it('reports that the free space is unknown if the credentials may not read it', async () => {
    const { code, probes } = await health(['403:path=/api/v2.0/systeminfo/volumes']);
    expect(code).toBe(0);
    expect(probes[3]).toMatchObject({ name: 'disk', outcome: 'warning', hint: 'grant the robot system-volumes: read' });
  });

  it.each([
    ['core and registry have different passwords', '401:path=/v2/*/manifests/*', 'pull', /returned 401/],
    [
      'core and jobservice have different secrets',
      '500:path=/api/v2.0/system/purgeaudit/schedule',
      'job',
      /no job could/,
    ],
    [
      'nginx knows an old address of core',
      '502:path=/api/v2.0/health',
      'components',
      /returned 502, but not from Harbor/,
    ],
    ['a page stands where health was', 'html:path=/api/v2.0/health', 'components', /not from Harbor/],
    ['the password is not that of admin', '401:path=/api/v2.0/users/current', 'identity', /./],
  ])('is not healthy if %s', async (_what, fault, name, message) => {
    const { code, healthy, probes } = await health([fault]);
    expect({ code, healthy }).toEqual({ code: name === 'identity' ? 8 : 7, healthy: false });
    const at = probes.findIndex((probe) => probe.outcome === 'error');
    expect(probes[at]).toMatchObject({ name, message: expect.stringMatching(message) });
    expect(probes.slice(at + 1).every(({ outcome }) => outcome === 'skipped')).toBe(true);
  });

  it('reports it in words, with what to do', async () => {
    const { out } = await withSandbox(['401:path=/v2/*/manifests/*'], (sandbox) =>
      cli(['health', '--policies', policiesFor(sandbox)], ENV),
    );
    expect(out).toMatch(/^ERROR {4}pull {9}proxy\.fixture.* cannot be pulled as admin: .*returned 401/m);
    expect(out).toMatch(/^ +hint: if every pull returns 401, core and registry/m);
  });

  it.each([
    ['is disabled', { disabled: true }, /--target robot\/nodes/],
    ['expired on 1970-01-01 00:00 UTC', { expiresAt: 1 }, /set its duration/],
  ])('finds the robot of a public project %s, which an anonymous pull would hide', async (what, change, hint) => {
    const { code, out } = await withSandbox([], async (sandbox) => {
      const policies = policiesFor(sandbox, [
        'robots:',
        '  alive: { secret: { env: ROBOT }, duration: 90, projects: { "*": [{ resource: repository, action: pull }] } }',
        '  nodes: { secret: { env: ROBOT }, duration: 90, projects: { "*": [{ resource: repository, action: pull }] } }',
      ]);
      const env = { ...ENV, ROBOT: 'Robot-5eCr3t-Value' };
      const journal = join(root, `j-${what.replace(/\W/g, '')}`);
      const applied = await cli(['apply', '--yes', '--policies', policies, '--journal', journal], env);
      expect(applied).toMatchObject({ code: 0 });
      expect(await cli(['health', '--policies', policies], env)).toMatchObject({
        code: 0,
        out: expect.stringMatching(/was pulled as robot\$alive; .* was pulled as robot\$nodes/),
      });
      const { robots } = sandbox.store;
      robots.update(robots.all().find(({ name }) => name === 'nodes')!.id, change);
      const told = await cli(['health', '--policies', policies], env);
      for (const { id } of robots.all()) robots.remove(id);
      return told;
    });
    expect(out).toContain(`ERROR    pull         robot$nodes ${what}\n`);
    expect(out).toMatch(hint);
    expect(code).toBe(7);
  });

  it('doctor names a dead robot and a dead upstream in the words of conform', async () => {
    const { out } = await withSandbox([], async (sandbox) => {
      const policies = policiesFor(sandbox, [
        'robots:',
        '  nodes: { secret: { env: ROBOT }, duration: 90, projects: { "*": [{ resource: repository, action: pull }] } }',
      ]);
      const env = { ...ENV, ROBOT: 'Robot-5eCr3t-Value' };
      const applied = await cli(['apply', '--yes', '--policies', policies, '--journal', join(root, 'j-doctor')], env);
      expect(applied).toMatchObject({ code: 0 });
      const well = await cli(['doctor', '--policies', policies], env);
      expect(well.out).toMatch(/^ok {7}robots {4}1 robot can log in$/m);
      const { robots } = sandbox.store;
      robots.update(robots.all().find(({ name }) => name === 'nodes')!.id, { disabled: true });
      await upstream.stop();
      try {
        return await cli(['doctor', '--policies', policies], env);
      } finally {
        await upstream.start();
        for (const { id } of robots.all()) robots.remove(id);
      }
    });
    expect(out).toMatch(
      /^ERROR {4}robots {4}robot\$nodes is disabled\n +party: credential\n +hint: enable it: .*--target robot\/nodes$/m,
    );
    expect(out).toMatch(
      /^warning {2}pings {5}registry\/fixture: upstream 127\.0\.0\.1:\d+ cannot be reached from here: it refuses connections$/m,
    );
    expect(out).toMatch(/party: upstream\n +hint: check that it runs/);
  });

  it('reports the same as conform for a robot that may not pull', async () => {
    const { code, out } = await withSandbox([], async (sandbox) => {
      const policies = policiesFor(sandbox, [
        'robots:',
        '  nodes: { secret: { env: ROBOT }, duration: 90, projects: { "*": [{ resource: repository, action: pull }] } }',
      ]);
      const env = { ...ENV, ROBOT: 'Robot-5eCr3t-Value' };
      const applied = await cli(['apply', '--yes', '--policies', policies, '--journal', join(root, 'j-right')], env);
      expect(applied).toMatchObject({ code: 0 });
      const { robots, projects } = sandbox.store;
      const { id: project } = projects.all().find(({ name }) => name === 'proxy.fixture')!;
      const open = (isPublic: string) =>
        callApi(sandbox, 'PUT', `/projects/${project}`, { metadata: { public: isPublic } });
      await open('false');
      const { id, permissions } = robots.all().find(({ name }) => name === 'nodes')!;
      const access = [{ resource: 'repository', action: 'list' }];
      robots.update(id, { permissions: permissions.map((one) => ({ ...one, access })) });
      const told = await cli(['health', '--policies', policies], env);
      robots.remove(id);
      await open('true');
      return told;
    });
    expect(out).toMatch(
      /^ERROR {4}pull {9}robot\$nodes may not pull\n +party: credential\n +hint: grant it the declared permission/m,
    );
    expect(code).toBe(7);
  });

  it('names the party of a Harbor that cannot be reached', async () => {
    const policies = policiesFor({ url: 'http://harbor.invalid' });
    const { code, out } = await cli(['health', '--policies', policies], ENV);
    expect(out).toMatch(
      /^ERROR {4}components {3}harbor\.invalid cannot be reached from here: its name does not resolve$/m,
    );
    expect(out).toMatch(/party: DNS\n +hint: check its DNS record/);
    expect(code).toBe(8);
  });

  it('distinguishes read-only mode from a missing permission', async () => {
    const { code, out } = await withSandbox([], async (sandbox) => {
      const readOnly = (value: boolean) => callApi(sandbox, 'PUT', '/configurations', { read_only: value });
      expect(await readOnly(true)).toMatchObject({ status: 200 });
      const told = await cli(['health', '--policies', policiesFor(sandbox)], ENV);
      await readOnly(false);
      return told;
    });
    expect(out).toMatch(/^ERROR {4}job {10}Harbor is in read-only mode and starts no job$/m);
    expect(code).toBe(7);
  });

  it('waits until Harbor is healthy', async () => {
    const { code } = await withSandbox(['502:path=/api/v2.0/health,times=1'], (sandbox) =>
      cli(['health', '--wait', '60', '--policies', policiesFor(sandbox)], ENV),
    );
    expect(code).toBe(0);
  });

  it('has nothing to pull on a new Harbor, and reports it', async () => {
    const sandbox = await startSandbox({ timeScale: 0.01 });
    const { code, out } = await cli(['health', '--policies', policiesFor(sandbox)], ENV);
    await sandbox.close();
    expect(out).toMatch(/^warning {2}pull {9}nothing is cached yet/m);
    expect(code).toBe(0);
  });
});

describe('breakwater health of a Harbor without an image', () => {
  it.each(['502:path=/v2/*', 'reset:path=/v2/*'])('fails if its registry does not respond: %s', async (fault) => {
    const sandbox = await startSandbox({ timeScale: 0.01, faults: [fault] });
    const { code, out } = await cli(['health', '--policies', policiesFor(sandbox)], ENV);
    await sandbox.close();
    expect(out).toMatch(/^ERROR {4}pull {9}clients cannot pull: /m);
    expect(code).toBe(7);
  });

  it('fails if a robot may not pull, and doctor does', async () => {
    const sandbox = await startSandbox({ timeScale: 0.01 });
    const policies = policiesFor(sandbox, [
      'robots:',
      '  nodes: { secret: { env: ROBOT }, duration: 90, projects: { "*": [{ resource: repository, action: pull }] } }',
    ]);
    const env = { ...ENV, ROBOT: 'Robot-5eCr3t-Value' };
    const applied = await cli(['apply', '--yes', '--policies', policies, '--journal', join(root, 'j-none')], env);
    const { robots, projects } = sandbox.store;
    // From a public project, every robot may pull.
    const { id: project } = projects.all().find(({ name }) => name === 'proxy.fixture')!;
    await callApi(sandbox, 'PUT', `/projects/${project}`, { metadata: { public: 'false' } });
    const { id, permissions } = robots.all().find(({ name }) => name === 'nodes')!;
    const access = [{ resource: 'repository', action: 'list' }];
    robots.update(id, { permissions: permissions.map((one) => ({ ...one, access })) });
    const health = await cli(['health', '--policies', policies], env);
    const doctor = await cli(['doctor', '--policies', policies], env);
    await sandbox.close();
    expect(applied).toMatchObject({ code: 0 });
    expect(health.out).toMatch(/^ERROR {4}pull {9}robot\$nodes may not pull$/m);
    expect(doctor.out).toMatch(/^ERROR {4}robots +robot\$nodes may not pull$/m);
  });
});

describe('a Harbor whose API returns errors', () => {
  it('is proven by pulling, and doctor names the cause', async () => {
    const sandbox = await startSandbox({ timeScale: 0.01, faults: ['502:path=/api/*'] });
    const policies = policiesFor(sandbox);
    const conform = await cli(['conform', '--policies', policies, '--check', 'T4', '--time-scale', '0.01'], ENV);
    const doctor = await cli(['doctor', '--policies', policies], ENV);
    await sandbox.close();
    expect(conform.out).toContain('1 passed');
    expect(doctor.out).toMatch(/^ERROR {4}harbor +the proxy at .* responds, but Harbor behind it does not/m);
  });
});

describe('breakwater drill', () => {
  const known = (): string => join(root, 'known.json');

  it('records, tests the stored credentials, and pulls without the upstream', async () => {
    await withSandbox([], async (sandbox) => {
      const drill = (...more: string[]) => cli(['drill', ...more, '--policies', policiesFor(sandbox)], ENV);
      expect(await drill('record', '--known', known(), '--count', '3')).toMatchObject({ code: 0 });
      expect(await drill('credentials')).toMatchObject({
        code: 0,
        out: 'ok     registry fixture, with the stored credential\n',
      });
      const early = await drill('pulls', '--known', known());
      expect(early).toMatchObject({
        code: 7,
        out: expect.stringMatching(/can still reach it, so pulls would not test the backup/),
      });
      await upstream.stop();
      const pulled = await drill('pulls', '--known', known());
      await upstream.start();
      expect(pulled.out).toMatch(/^ok {5}no registry can be reached\n(ok {5}pulled proxy\.fixture\/library\/.*\n){3}$/);
      expect(pulled.code).toBe(0);
    });
  });

  it('detects a lost credential and a missing digest', async () => {
    upstream.setAuth('puller:another');
    await withSandbox([], async (sandbox) => {
      const { code, out } = await cli(['drill', 'credentials', '--policies', policiesFor(sandbox)], ENV);
      expect({ code, out }).toEqual({
        code: 7,
        out: expect.stringMatching(/^FAILED registry fixture, with the stored/),
      });
    });
    upstream.setAuth(`puller:${ENV.UPSTREAM_PASSWORD}`);
    await upstream.stop();
    const digest = `sha256:${'0'.repeat(64)}`;
    const wrong = directoryWith({
      'known.json': JSON.stringify({
        schemaVersion: 1,
        artifacts: [{ project: 'proxy.fixture', repository: 'library/single', digest }],
      }),
    });
    await withSandbox([], async (sandbox) => {
      const asked = ['drill', 'pulls', '--known', join(wrong, 'known.json'), '--policies', policiesFor(sandbox)];
      const { code, out } = await cli(asked, ENV);
      expect({ code, out }).toEqual({ code: 7, out: expect.stringMatching(/FAILED pulled .*returned 404/) });
    });
    await upstream.start();
  });

  it('refuses to record fewer digests than it was asked for', async () => {
    const { code, err } = await withSandbox([], (sandbox) =>
      cli(['drill', 'record', '--known', known(), '--policies', policiesFor(sandbox)], ENV),
    );
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/only 3 of 5 digests are cached completely/) });
  });

  const foreign = /was not written by `breakwater drill record`/;
  it.each([
    ['', /known\.json is empty/],
    ['{}', foreign],
    ['{"schemaVersion":1,"artifacts":[]}', foreign],
    ['{"schemaVersion":1,"artifacts":[{"project":"a"}]}', foreign],
  ])('does not pull with an unrecorded file: %s', async (text, words) => {
    const file = join(directoryWith({ 'known.json': text }), 'known.json');
    const { code, err } = await withSandbox([], (sandbox) =>
      cli(['drill', 'pulls', '--known', file, '--policies', policiesFor(sandbox)], ENV),
    );
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(words) });
  });
});
