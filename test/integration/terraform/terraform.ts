import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MIRROR = process.env['BREAKWATER_PROVIDER_MIRROR'];
const PLUGIN = 'registry.terraform.io/kreuzwerker/docker/3.9.0';

/**
 * `describe` where Terraform, the docker provider in a filesystem mirror and a Docker that may be used are there. They
 * are on no package registry, so that CI does not have them: their absence is said and fails nothing.
 */
export function describeWithTerraform(name: string, tests: () => void): void {
  const missing = whatIsMissing();
  if (missing === undefined) return describe(name, tests);
  process.stderr.write(`skipped: ${name}: ${missing}\n`);
  describe.skip(name, tests);
}

function whatIsMissing(): string | undefined {
  if (MIRROR === undefined) return 'BREAKWATER_PROVIDER_MIRROR names no directory made by "terraform providers mirror"';
  if (!existsSync(join(MIRROR, PLUGIN))) return `${MIRROR} has no ${PLUGIN}`;
  if (spawnSync('terraform', ['version']).status !== 0) return 'terraform is not on the PATH';
  if (spawnSync('docker', ['info']).status !== 0) return 'no Docker answers';
  if (docker('ps', '-aq', '--filter', 'name=^harbor-') !== '') return 'this Docker runs a Harbor already';
  return spawnSync('busybox', ['true']).status === 0 ? undefined : 'busybox not found: apt-get install busybox-static';
}

export interface Run {
  readonly status: number | null;
  readonly output: string;
}

/** Terraform in one synthesised stack, with the provider from the mirror and nothing from the network. */
export class Terraform {
  private readonly env: NodeJS.ProcessEnv;

  constructor(
    private readonly outdir: string,
    folder: string,
  ) {
    const config = join(folder, 'terraformrc');
    writeFileSync(config, `provider_installation {\n  filesystem_mirror { path = "${MIRROR ?? ''}" }\n}\n`);
    this.env = { ...process.env, TF_CLI_CONFIG_FILE: config, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
  }

  run(stack: string, ...args: string[]): Run {
    const [command = '', ...rest] = args;
    const { status, stdout, stderr } = spawnSync(
      'terraform',
      [`-chdir=${this.stack(stack)}`, command, '-no-color', ...rest],
      {
        env: this.env,
        encoding: 'utf8',
        timeout: 300_000,
      },
    );
    return { status, output: `${stdout}${stderr}` };
  }

  init(stack: string): Run {
    return this.run(stack, 'init', '-input=false');
  }

  apply(stack: string): Run {
    return this.run(stack, 'apply', '-auto-approve', '-input=false');
  }

  destroy(stack: string): Run {
    return this.run(stack, 'destroy', '-auto-approve', '-input=false');
  }

  /** Exit status 0: no changes; 2: changes. */
  plan(stack: string): Run {
    return this.run(stack, 'plan', '-detailed-exitcode', '-input=false');
  }

  /** What a saved plan would do, by address: `docker_container.core` → `delete,create`. */
  actions(stack: string): Record<string, string> {
    this.run(stack, 'plan', '-input=false', '-out=plan.bin');
    const { resource_changes: changes = [] } = JSON.parse(this.run(stack, 'show', '-json', 'plan.bin').output) as {
      resource_changes?: { address: string; change: { actions: string[] } }[];
    };
    const touched = changes.filter(({ change }) => !['no-op', 'read'].includes(change.actions.join()));
    return Object.fromEntries(touched.map(({ address, change }) => [address, change.actions.join()]));
  }

  state(path: string): string {
    return readFileSync(join(this.outdir, '..', path), 'utf8');
  }

  private stack(id: string): string {
    return join(this.outdir, 'stacks', id);
  }
}

export function docker(...args: string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
