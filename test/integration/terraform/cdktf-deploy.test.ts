import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startRealRegistry, temporaryFolder, type RealRegistry } from '../real-parts';
import { inputsFor, writeHostFiles, writeRepository } from './local-inputs';
import { pushStandIns } from './stand-in-images';
import { describeWithTerraform, docker } from './terraform';

const ROOT = resolve(__dirname, '../../..');
const CLI = process.env['BREAKWATER_CDKTF'];

/** Commands of the guides that need a cloud or a cluster: no test here has one. */
const ELSEWHERE = ['deploy machine', 'destroy machine', 'deploy cluster'];

/** `deploy images`, from every guide and the README. */
function printed(): string[] {
  const guides = readdirSync(join(ROOT, 'docs/guides')).map((name) => join('docs/guides', name));
  const texts = ['README.md', ...guides].map((file) => readFileSync(join(ROOT, file), 'utf8'));
  const found = texts.flatMap((text) =>
    [...text.matchAll(/\bcdktf ((?:deploy|destroy) [a-z]+)/g)].map(([, command]) => command!),
  );
  return [...new Set(found)].sort();
}

const IN_ORDER = ['deploy images', 'deploy harbor', 'deploy edge', 'destroy edge', 'destroy harbor', 'destroy images'];

describe('the commands of cdktf in the guides', () => {
  it('are those that are run here with the real command, and those that need a cloud', () => {
    expect(printed()).toEqual([...IN_ORDER, ...ELSEWHERE].sort());
  });
});

const hasCli = CLI !== undefined && existsSync(CLI);
if (!hasCli) process.stderr.write('skipped: cdktf deploy: BREAKWATER_CDKTF names no program\n');

(hasCli ? describeWithTerraform : describe.skip)('the cdktf command, with Terraform and a real Docker', () => {
  const folder = temporaryFolder();
  let registry: RealRegistry;

  beforeAll(async () => {
    registry = await startRealRegistry(folder.path);
    const { harbor, traefik } = pushStandIns(registry.host);
    const inputs = inputsFor(folder.path, harbor, traefik);
    writeHostFiles(inputs);
    writeRepository(folder.path, inputs);
  }, 300_000);

  afterAll(async () => {
    for (const command of ['destroy edge', 'destroy harbor', 'destroy images']) cdktf(command);
    await registry.stop();
    folder.remove();
  }, 300_000);

  function cdktf(command: string): { status: number | null; output: string } {
    // The lock would be of every platform, which only a registry has; a filesystem mirror has this one's.
    const args = [...command.split(' '), '--auto-approve', '--skip-provider-lock'];
    const env = {
      ...process.env,
      BREAKWATER_ENVIRONMENT: 'local',
      CHECKPOINT_DISABLE: '1',
      CI: '1',
      TF_CLI_CONFIG_FILE: join(folder.path, 'terraformrc'),
    };
    const { status, stdout, stderr } = spawnSync(CLI ?? '', args, {
      cwd: folder.path,
      env,
      encoding: 'utf8',
      timeout: 280_000,
    });
    return { status, output: `${stdout}${stderr}` };
  }

  it.each(IN_ORDER)(
    'cdktf %s does what it says, alone',
    (command) => {
      const { status, output } = cdktf(command);
      expect(`${status} ${output}`).toMatch(/^0 /);
      expect(output).not.toMatch(/The following (dependencies|dependant stacks) are not included in the stacks to run/);
      expect(running()).toEqual(AFTER[command]);
    },
    300_000,
  );

  /** How many containers of Harbor and Traefik run. */
  function running(): number {
    const names = docker('ps', '--format', '{{.Names}}').split('\n');
    return names.filter((name) => name === 'traefik' || name.startsWith('harbor-')).length;
  }

  const SERVICES = 11;
  const AFTER: Readonly<Record<string, number>> = {
    'deploy images': 0,
    'deploy harbor': SERVICES,
    'deploy edge': SERVICES + 1,
    'destroy edge': SERVICES,
    'destroy harbor': 0,
    'destroy images': 0,
  };
});
