import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');
const CLI = process.env['BREAKWATER_CDKTF'];

/** What the command ends with where a stack needs another one, or another one needs it. */
const NOT_INCLUDED = /The following (dependencies|dependant stacks) are not included in the stacks to run/;

/** The cdktf command is optional and large: where it is not given, that is said and fails nothing. */
const withCli = CLI !== undefined && existsSync(CLI) ? describe : describe.skip;
if (withCli === describe.skip)
  process.stderr.write(
    'skipped: the cdktf command: BREAKWATER_CDKTF names no program (npm install cdktf-cli@0.21.0)\n',
  );

withCli('the cdktf command, in a copy of this repository', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-cdktf-'));
    for (const name of ['cdktf.json', 'package.json', 'stacks'])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    for (const name of ['dist', 'node_modules']) symlinkSync(join(ROOT, name), join(folder, name));
    writeFileSync(join(folder, 'terraformrc'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function cdktf(environment: string, ...args: string[]): string {
    const env = {
      ...process.env,
      BREAKWATER_ENVIRONMENT: environment,
      CHECKPOINT_DISABLE: '1',
      CI: '1',
      TF_CLI_CONFIG_FILE: join(folder, 'terraformrc'),
    };
    const { stdout, stderr } = spawnSync(CLI ?? '', args, { cwd: folder, env, encoding: 'utf8', timeout: 180_000 });
    return `${stdout}${stderr}`;
  }

  it('synthesises, and prints a notice as a notice', () => {
    const output = cdktf('example-aws', 'synth');
    expect(output).toContain('Generated Terraform code for the stacks: images, machine');
    expect(output).toMatch(/^(?!.*ERROR).*harbor and edge are left out/m);
  }, 200_000);

  // Without the provider they end in `terraform init`; before it, the command looks at what stacks depend on.
  it.each([
    ['deploy', 'images'],
    ['deploy', 'harbor'],
    ['deploy', 'edge'],
    ['destroy', 'harbor'],
    ['destroy', 'edge'],
  ])(
    '%s %s reaches Terraform with this stack alone',
    (action, stack) => {
      const output = cdktf('example', action, stack, '--auto-approve', '--skip-provider-lock');
      expect(output).not.toMatch(NOT_INCLUDED);
      expect(output).toMatch(/Initializing provider plugins|terraform init failed|Apply complete|No changes/);
    },
    200_000,
  );
});
