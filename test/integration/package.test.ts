import { execFile, type ExecFileOptionsWithStringEncoding } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { directoryWith } from '../support/cli';

/**
 * What a team gets: the packed tarball, installed in a folder that knows nothing of this repository, and the way of the
 * README that `init` writes, up to real pulls.
 */
const ROOT = resolve(__dirname, '../..');
const run = promisify(execFile);
const MEGABYTE = 1024 * 1024;

/** A file of the tarball. */
interface Entry {
  readonly mode: string;
  /** `0/0` */
  readonly owner: string;
  readonly time: string;
  readonly name: string;
}

/** A line of `tar -tv`. */
function entryOf(line: string): Entry {
  const [, mode = '', owner = '', time = '', name = ''] = /^(\S+) (\S+) +\d+ (\S+ \S+) package\/(.+)$/.exec(line) ?? [];
  return { mode, owner, time, name };
}

jest.setTimeout(180_000);

describe('the package', () => {
  let tarball: string;
  let entries: readonly Entry[];
  let repository: string;

  beforeAll(async () => {
    const folder = directoryWith({});
    // Only what `npm run build` has not done yet is done.
    await run(process.execPath, [join(ROOT, 'dist/scripts/bundle/main.js')]);
    // Without `prepack`, which would build again beside tests that use what is built.
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
    tarball = join(folder, (await run('npm', pack, { cwd: ROOT, encoding: 'utf8' })).stdout.trim());
    const { stdout } = await run('tar', ['--numeric-owner', '--utc', '-tvzf', tarball], { encoding: 'utf8' });
    entries = stdout.trim().split('\n').map(entryOf);
    repository = join(folder, 'harbor-config');
    mkdirSync(repository);
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--silent'];
    await run('npm', ['install', ...quiet, tarball], { cwd: repository });
  });
  afterAll(() => rmSync(repository, { recursive: true, force: true }));

  it('has the same bytes on each machine and at any time, and is small', () => {
    // All that an archive contains beside names and content.
    const others = new Set(entries.map(({ owner, time }) => `${owner} ${time}`));
    expect([...others]).toEqual(['0/0 1985-10-26 08:15']);
    const modes = entries.filter(({ mode }) => !['-rw-r--r--', '-rwxr-xr-x'].includes(mode));
    expect(modes).toEqual([]);
    // Gzip's own time.
    expect(readFileSync(tarball).readUInt32LE(4)).toBe(0);
    expect(statSync(tarball).size).toBeLessThan(5 * MEGABYTE);
  });

  it('contains exactly what it needs', () => {
    const listed = entries.map(({ name }) => name);
    const known =
      /^(package\.json|README\.md|LICENSE|dist\/(src|stacks)\/.+\.(js|d\.ts|json)|dist\/bundle\/(about\.json|licenses\.txt|cli-\w+\.(js|(declare|prove)\.compiled))|stacks\/(images|environments\/example[\w-]*)\.yaml|ansible\/.+|schemas\/[\w-]+\.schema\.json|examples\/ci\/.+)$/;
    expect(listed.filter((name) => !known.test(name))).toEqual([]);
    expect(listed.filter((name) => name.includes('__pycache__'))).toEqual([]);
    for (const name of [
      'dist/src/cli/main.js',
      'dist/bundle/about.json',
      'dist/bundle/licenses.txt',
      'dist/stacks/main.js',
      'stacks/images.yaml',
      'stacks/environments/example.yaml',
      'ansible/ansible.cfg',
      'ansible/playbooks/host.yml',
      'ansible/roles/harbor_host/files/occupants.py',
      'schemas/declaration.schema.json',
      'examples/ci/shell/plan.sh',
    ])
      expect(listed).toContain(name);
  });

  it('runs nothing when it is installed', () => {
    const { scripts = {}, ...manifest } = JSON.parse(
      readFileSync(join(repository, 'node_modules/breakwater/package.json'), 'utf8'),
    ) as { scripts?: Record<string, string>; private?: boolean; publishConfig?: object };
    expect(['preinstall', 'install', 'postinstall', 'prepare'].filter((name) => name in scripts)).toEqual([]);
    expect(manifest).toMatchObject({ publishConfig: { access: 'public', provenance: true } });
    expect(manifest.private).toBeUndefined();
  });

  it('leads from nothing to a pull-tested sandbox', async () => {
    const options: ExecFileOptionsWithStringEncoding = {
      cwd: repository,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', HOME: repository },
    };
    const script = `
      npx --no -- breakwater init . --url https://harbor.corp.internal --upstream docker-hub,quay --ci github >/dev/null
      # What npx finds; it takes a second to find it.
      export PATH=$PWD/node_modules/.bin:$PATH
      breakwater validate
      breakwater synth && ls cdktf.out/stacks
      breakwater up --environment example --dry-run --only host
      breakwater sandbox --with-upstream --time-scale 0.02 >sandbox.out 2>sandbox.err & pid=$!
      trap 'kill $pid' EXIT
      for i in $(seq 300); do [ -s sandbox.out ] && break; sleep 0.1; done
      . .breakwater/sandbox.env
      export OVERLAY=.breakwater/sandbox.yaml
      breakwater plan --overlay $OVERLAY --out plan.json | tail -1
      breakwater apply plan.json --overlay $OVERLAY --yes --quiet
      breakwater conform --overlay $OVERLAY --time-scale 0.02 --quiet
      breakwater drift --overlay $OVERLAY | tail -1

      # A second repository, for GitLab, of what lives in a Harbor.
      mkdir live && ln -s ../node_modules live/node_modules && cd live
      export HARBOR_PASSWORD=$BREAKWATER_SANDBOX_PASSWORD
      breakwater init . --from-live "$(head -1 ../sandbox.out)" --username admin --ci gitlab >/dev/null
      echo "projects: { proxy.docker.io: { conformance: { pull: ['library/alpine:3.20'] } } }" > proof.yaml
      echo "validate: $(breakwater validate 2>&1 | tail -1)"
      echo "drift: $(breakwater drift | tail -1)"
      echo "conform: $(breakwater conform --overlay proof.yaml --time-scale 0.02 --quiet | head -1)"
    `;
    const { stdout } = await run('bash', ['-euc', script], options);
    expect(stdout).toMatch(/^policies is valid: 10 objects/m);
    expect(stdout).toMatch(/^images$/m);
    expect(stdout).toContain(
      'ANSIBLE_CONFIG=node_modules/breakwater/ansible/ansible.cfg ansible-playbook node_modules/breakwater/ansible/playbooks/host.yml',
    );
    expect(stdout).toMatch(/^Plan: 7 to create, 3 to update/m);
    expect(stdout).toMatch(/^Apply: 10 applied\.$/m);
    expect(stdout).toMatch(/^OK: 2 of 2 projects/m);
    expect(stdout).toMatch(/^No changes/m);
    expect(readdirSync(repository).sort()).toContain('.github');
    expect(stdout).toMatch(/^validate: policies is valid but breaks rules: \d+ objects/m);
    expect(stdout).toMatch(/^drift: No changes/m);
    expect(stdout).toMatch(/^conform: OK: 1 of 1 project/m);
    expect(readdirSync(join(repository, 'live'))).toContain('.gitlab-ci.yml');
  });
});
