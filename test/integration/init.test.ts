import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { parse } from 'yaml';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';

const URL_OF_HARBOR = 'https://harbor.corp.internal';
const ROOT = resolve(__dirname, '../..');

const empty = (): string => directoryWith({});
const init = (directory: string, ...options: string[]) => cli(['init', directory, '--url', URL_OF_HARBOR, ...options]);

describe('breakwater init', () => {
  it.each([
    ['the default upstreams', [], 17],
    ['one upstream', ['--upstream', 'quay'], 5],
    ['all upstreams', ['--upstream', 'docker-hub,ghcr,quay,gcr,registry.k8s.io,mcr'], 25],
    ['GitHub', ['--ci', 'github'], 18],
    ['GitLab', ['--ci', 'gitlab'], 18],
  ])('writes policies that validate: %s', async (_name, options, objects) => {
    const directory = join(empty(), 'new');
    expect(await init(directory, ...options)).toMatchObject({ code: 0, err: '' });
    const { code, out, err } = await cli(['validate', '--policies', join(directory, 'policies')]);
    expect([code, err.includes('error')]).toEqual([0, false]);
    expect(out).toContain(`is valid: ${objects} objects`);
    expect(out + err).not.toContain('HP047');
  });

  it('writes an environment that is synthesised, and depends on exactly this version', async () => {
    const directory = join(empty(), 'My Harbor');
    await init(directory);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))).toEqual({
      name: 'my-harbor',
      private: true,
      engines: { node: '>=20.18.1' },
      dependencies: { breakwater: version },
    });
    const { app } = JSON.parse(readFileSync(join(directory, 'cdktf.json'), 'utf8')) as { app: string };
    expect(app).toBe('npx --no -- breakwater synth');
    expect(await cli(['synth'], { PATH: process.env['PATH'] ?? '' }, directory)).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(join(directory, 'cdktf.out/stacks/images/cdk.tf.json'), 'utf8')).toContain('goharbor');
    expect(readFileSync(join(directory, 'stacks/environments/example.yaml'), 'utf8')).toContain(
      'hostname: harbor.corp.internal',
    );
  });

  it('gives editors the schemas, which its own files follow', async () => {
    const directory = empty();
    await init(directory, '--ci', 'github');
    const settings = JSON.parse(readFileSync(join(directory, '.vscode/settings.json'), 'utf8')) as {
      'yaml.schemas': Record<string, string[]>;
    };
    for (const [schema, [pattern = '']] of Object.entries(settings['yaml.schemas'])) {
      const file = schema.replace('./node_modules/breakwater', ROOT);
      const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
        JSON.parse(readFileSync(file, 'utf8')) as object,
      );
      const written = execFileSync('ls', [join(directory, pattern.replace('/*.yaml', ''))], { encoding: 'utf8' });
      for (const name of written.trim().split('\n')) {
        const text = readFileSync(join(directory, pattern.replace('*.yaml', name)), 'utf8');
        expect([name, validate(parse(text)), validate.errors]).toEqual([name, true, null]);
      }
    }
  });

  it('keeps every existing file, and reports which', async () => {
    const directory = directoryWith({ 'package.json': '{}', '.gitignore': 'mine\n' });
    const { code, out } = await init(directory);
    expect(code).toBe(0);
    expect(out).toContain('kept unchanged:\n  package.json\n  .gitignore\n');
    expect(readFileSync(join(directory, '.gitignore'), 'utf8')).toBe('mine\n');
    expect(readFileSync(join(directory, 'package.json'), 'utf8')).toBe('{}');
  });

  it('does not add to existing policies', async () => {
    const directory = empty();
    mkdirSync(join(directory, 'policies'));
    writeFileSync(join(directory, 'policies/mine.yaml'), 'labels: { a: {} }\n');
    expect(await init(directory)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('mine.yaml') });
    expect(existsSync(join(directory, 'package.json'))).toBe(false);
  });

  it.each([
    [[], /the URL of Harbor is not known\n {2}hint: pass --url/],
    [['--url', 'harbor.corp.internal'], /not a URL\n {2}hint: write it as https:/],
    [['--url', 'https://h.example.com/harbor'], /a base URL must not have a path/],
    [['--url', URL_OF_HARBOR, '--upstream', 'ghrc'], /there is no upstream ghrc\n {2}hint: known: docker-hub, ghcr/],
    [['--url', URL_OF_HARBOR, '--ci', 'jenkins'], /Allowed choices are github, gitlab, none/],
    [['--url', URL_OF_HARBOR, '--from-live', URL_OF_HARBOR], /cannot be used with option/],
    [['--from-live', URL_OF_HARBOR], /--from-live needs a user or a robot/],
  ])('refuses %j and writes nothing', async (options, words) => {
    const directory = empty();
    const { code, err } = await cli(['init', directory, ...options]);
    expect([code, err]).toEqual([1, expect.stringMatching(words)]);
    expect(existsSync(join(directory, 'package.json'))).toBe(false);
  });

  describe('from a live Harbor', () => {
    let sandbox: Sandbox;
    beforeAll(async () => (sandbox = await startSandbox({ password: 'Harbor12345' })));
    afterAll(() => sandbox.close());

    it('writes what an export writes, of which a plan is empty', async () => {
      const directory = empty();
      const env = { HARBOR_PASSWORD: 'Harbor12345' };
      const done = await cli(['init', directory, '--from-live', sandbox.url, '--username', 'admin'], env);
      expect(done).toMatchObject({ code: 0, out: expect.stringContaining('add conformance: { pull:') });
      const plan = await cli(['plan', '--policies', join(directory, 'policies'), '--detailed-exitcode'], env);
      expect(plan).toMatchObject({ code: 0 });
      expect(plan.out).toContain('No changes');
    });
  });
});

describe('breakwater sandbox --with-upstream', () => {
  it('runs a first apply and a first proof without a network, and removes its files', async () => {
    const directory = empty();
    await init(directory, '--upstream', 'docker-hub,quay', '--ci', 'github');
    const main = join(ROOT, 'dist/src/cli/main.js');
    const script = `
      node ${main} sandbox --with-upstream --time-scale 0.02 > sandbox.out 2> sandbox.err & pid=$!
      trap 'kill $pid' EXIT
      for i in $(seq 200); do [ -s sandbox.out ] && break; sleep 0.1; done
      ls -l .breakwater/sandbox.env | cut -c1-10
      cat .breakwater/sandbox.env
      . .breakwater/sandbox.env
      node ${main} apply --overlay .breakwater/sandbox.yaml --yes --quiet
      node ${main} conform --overlay .breakwater/sandbox.yaml --time-scale 0.02 --check B1 --quiet
      kill $pid; wait $pid || true; trap - EXIT
    `;
    const out = execFileSync('bash', ['-euc', script], {
      cwd: directory,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(out).toMatch(/^-rw-------\n/);
    // The password of the real Harbor is not touched.
    expect([...out.matchAll(/^export (\w+)=/gm)].map((match) => match[1]).sort()).toEqual([
      'BREAKWATER_SANDBOX_PASSWORD',
      'HARBOR_PLAN_SECRET',
    ]);
    expect(out).toMatch(/^Apply: 10 applied\.$/m);
    expect(out).toMatch(/^OK: 2 of 2 projects/m);
    expect(existsSync(join(directory, '.breakwater/sandbox.env'))).toBe(false);
    expect(statSync(join(directory, 'sandbox.err')).size).toBeGreaterThan(0);
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);
});
