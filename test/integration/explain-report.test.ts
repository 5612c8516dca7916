import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { toJson } from '../../src/conformance';
import { BAD_NIGHT, nightReport } from '../support/example-night';
import { cli, directoryWith } from '../support/cli';

const PASSWORD = 'Harbor12345';

function reportOf(night = BAD_NIGHT): string {
  const file = join(directoryWith({}), 'report.json');
  writeFileSync(file, toJson(nightReport(night)));
  return file;
}

describe('explain-report', () => {
  it('shows the first check of the worst cause, request by request', async () => {
    const { code, out } = await cli(['explain-report', reportOf()]);
    expect(code).toBe(0);
    expect(out).toMatch(/^#!\/bin\/sh\n# M1 proxy\.quay\.io on harbor\.example\.com: /);
    expect(out).toContain('# do: put a living credential where QUAY_TOKEN comes from, then apply\n');
    expect(out).toMatch(/^curl -sS -i -H "Authorization: Bearer \$TOKEN" -H 'Accept: [^']+' 'https:\/\/harbor/m);
  });

  it('shows the requested check, also as JSON', async () => {
    const argv = ['explain-report', reportOf(), '--check', 'B1', '--project', 'proxy.docker.io', '--format', 'json'];
    const { out } = await cli(argv);
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      harbor: 'harbor.example.com',
      result: { id: 'B1', project: 'proxy.docker.io' },
    });
  });

  it.each([
    [[], {}, /no check failed in/],
    [['--check', 'M2', '--project', 'nix'], BAD_NIGHT, /has no failed check of this name/],
  ])('refuses %j', async (more, night, words) => {
    expect(await cli(['explain-report', reportOf(night), ...more])).toMatchObject({
      code: 1,
      err: expect.stringMatching(words),
    });
  });

  it('never turns text of a server into a command', async () => {
    const evil = nightReport({
      'proxy.quay.io/M1': {
        status: 'fail',
        message: 'x\n$(touch /tmp/owned)\nrm -rf x',
        requests: [
          {
            ...{ id: 'bw-1', method: 'GET', durationMs: 1, bytes: 1, status: 404 },
            url: "https://h/v2/a'; touch b; '/manifests/1",
          },
        ],
      },
    });
    const file = join(directoryWith({}), 'report.json');
    writeFileSync(file, toJson(evil));
    const { out } = await cli(['explain-report', file]);
    const commands = out.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(commands).toHaveLength(1);
    const shown = execFileSync('sh', ['-c', `curl() { for one; do echo "<$one>"; done; }; ${commands[0]}`]);
    expect(shown.toString().split('\n').at(-2)).toMatch(/^<https:\/\/h\/v2\/a('|%27);/);
  });

  describe('of a real run', () => {
    let sandbox: Sandbox;
    let upstream: FixtureUpstream;
    beforeAll(async () => {
      sandbox = await startSandbox({ password: PASSWORD, timeScale: 0.02 });
      upstream = await startFixtureUpstream();
    });
    afterAll(() => Promise.all([sandbox.close(), upstream.close()]));

    it('is a script that a shell runs, with the result of the run', async () => {
      const policies = directoryWith({
        'harbor.yaml': [
          `harbor: { url: "${sandbox.url}", username: admin, password: { env: HARBOR_PASSWORD } }`,
          `registries: { fixture: { type: docker-registry, url: "${upstream.url}", insecure: true } }`,
          'projects:',
          '  proxy.a: { registry: fixture, public: true, conformance: { pull: [library/gone:1], platforms: [linux/amd64] } }',
        ].join('\n'),
      });
      const env = { HARBOR_PASSWORD: PASSWORD };
      expect(await cli(['apply', '--yes', '--policies', policies], env)).toMatchObject({ code: 0 });
      const out = directoryWith({});
      const argv = ['conform', '--policies', policies, '--check', 'M1', '--time-scale', '0.02', '--report', out];
      expect((await cli(argv, env)).code).toBe(7);
      const script = (await cli(['explain-report', out])).out;
      expect(script).not.toContain(PASSWORD);
      const shellEnv = { ...process.env, PULL_USER: 'admin', PULL_SECRET: PASSWORD, no_proxy: '*' };
      // Beside the sandbox, which runs in this process.
      const ran = await promisify(execFile)('sh', ['-c', script], { env: shellEnv, timeout: 60_000 });
      expect(ran.stdout).toMatch(/HTTP\/1\.1 404/);
    });
  });
});
