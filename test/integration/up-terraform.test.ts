import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { projectDouble, type ProjectDouble } from './up-doubles';

/**
 * A real Terraform on a stack of its built-in resource, which needs no provider: what is planned, summarised and
 * applied is what Terraform itself says.
 */
const SYNTH = `
const { mkdirSync, writeFileSync, readFileSync } = require('node:fs');
const [core, portal] = readFileSync('versions.txt', 'utf8').trim().split(' ');
const thing = (version) => ({ input: version, triggers_replace: [version] });
mkdirSync('cdktf.out/stacks/images', { recursive: true });
writeFileSync('cdktf.out/stacks/images/cdk.tf.json', JSON.stringify({
  terraform: { backend: { local: { path: process.cwd() + '/state/' + process.env.BREAKWATER_ENVIRONMENT + '.tfstate' } } },
  resource: { terraform_data: { core: thing(core), portal: thing(portal) } },
}));
`;

const ENVIRONMENT =
  'harbor: { version: v2.15.2, hostname: harbor.corp.internal }\nhost: { address: vm.corp.internal }\n';

function describeWithTerraform(name: string, tests: () => void): void {
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore' });
    describe(name, tests);
  } catch {
    // No package of Debian: CI has none, and this proves what the doubles only claim.
    process.stderr.write(`skipped: ${name}: terraform not found\n`);
    describe.skip(name, tests);
  }
}

jest.setTimeout(120_000);

describeWithTerraform('breakwater up with a real Terraform', () => {
  const policies = directoryWith({ 'p.yaml': 'harbor: { url: "http://127.0.0.1:1" }\nlabels: { a: {} }\n' });
  let project: ProjectDouble;
  beforeAll(() => {
    project = projectDouble(ENVIRONMENT);
    project.write('dist/stacks/main.js', SYNTH);
    rmSync(join(project.directory, 'bin', 'terraform'));
  });

  function images(versions: string, environment = 'prod'): Promise<CliResult> {
    project.write('versions.txt', versions);
    const env = { ...project.env, HOME: project.directory };
    return cli(
      ['up', '--environment', environment, '--only', 'images', '--yes', '--policies', policies],
      env,
      project.directory,
    );
  }

  it('applies, leaves alone what is as declared, and names what is replaced', async () => {
    const first = await images('1 1');
    expect(first).toMatchObject({
      code: 0,
      err: expect.stringMatching(/creates 2: terraform_data\.core, terraform_data\.portal/),
    });
    expect(await images('1 1')).toMatchObject({
      code: 0,
      err: expect.stringMatching(/images: no changes/),
    });
    const upgrade = await images('2 1');
    expect(upgrade.err).not.toContain('\u001b');
    expect(upgrade.err).not.toContain('run the following command');
    expect(upgrade.err).toMatch(/replaces 1:\n +terraform_data\.core {2}new configuration\n/);
    expect(upgrade.err).not.toMatch(/replaces.*portal/);
    expect(upgrade.err).toMatch(/images: applied\n/);
    expect(upgrade.code).toBe(0);
  });

  it('applies a plan that was looked at, and refuses once anything else would change', async () => {
    const env = { ...project.env, HOME: project.directory, CI: 'true' };
    const up = (...argv: string[]): Promise<CliResult> =>
      cli(['up', '--policies', policies, ...argv], env, project.directory);
    project.write('versions.txt', '3 1');
    expect(await up('--only', 'images', '--yes')).toMatchObject({
      code: 6,
      err: expect.stringMatching(/\[plan-not-reviewed\].*terraform_data\.core/),
    });
    expect(await up('--only', 'images', '--plan-out', 'plan')).toMatchObject({ code: 0 });
    expect(readFileSync(join(project.directory, 'plan/images.txt'), 'utf8')).toMatch(
      /terraform_data\.core must be replaced/,
    );
    project.write('versions.txt', '3 2');
    expect(await up('--apply', 'plan')).toMatchObject({
      code: 6,
      err: expect.stringMatching(/\[not-as-planned\].*terraform_data\.portal/),
    });
    project.write('versions.txt', '3 1');
    const applied = await up('--apply', 'plan', '--format', 'json');
    expect(JSON.parse(applied.out)).toMatchObject({
      schemaVersion: 1,
      environment: 'prod',
      code: 0,
      steps: [{ id: 'images', result: 'done', changes: { replaced: [{ name: 'terraform_data.core' }] } }],
    });
    expect(JSON.parse((await up('--apply', 'plan', '--format', 'json')).out)).toMatchObject({
      steps: [{ id: 'images', result: 'unchanged' }],
    });
  });

  it('keeps environments apart that share one directory', async () => {
    project.write('stacks/environments/lab.yaml', ENVIRONMENT);
    expect(await images('3 1', 'lab')).toMatchObject({ code: 0, err: expect.stringMatching(/creates 2/) });
    expect(await images('3 1')).toMatchObject({ code: 0, err: expect.stringMatching(/images: no changes/) });
  });

  it('stops at a stack that cannot be planned', async () => {
    project.write('cdktf.out/stacks/images/broken.tf.json', '{"resource":{"nothing":{"x":{}}}}');
    const { code, err } = await images('3 3');
    project.remove('cdktf.out/stacks/images/broken.tf.json');
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/stopped at images; continue with the same command/),
    });
    expect(await images('3 1')).toMatchObject({ code: 0 });
  });
});
