import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCKER_SOURCE, DOCKER_VERSION } from '../../../stacks/docker-types';

export const MIRROR = process.env['BREAKWATER_PROVIDER_MIRROR'];
/** `tofu` for OpenTofu, as for cdktf and `up`. */
export const BINARY = process.env['TERRAFORM_BINARY_NAME'] ?? 'terraform';
/** Each has a registry of its own, by whose name the mirror is laid out. */
export const REGISTRY = BINARY === 'tofu' ? 'registry.opentofu.org' : 'registry.terraform.io';
/** Whether the mirror has that version of a provider, unpacked or as `terraform providers mirror` lays it out. */
export function hasProvider(version: string, source: string = DOCKER_SOURCE): boolean {
  const path = join(MIRROR ?? '', REGISTRY, source, version);
  return MIRROR !== undefined && (existsSync(path) || existsSync(`${path}.json`));
}

/**
 * `describe` where Terraform, the docker provider in a filesystem mirror and a Docker that may be used are there. They
 * are on no package registry, so that CI does not have them: their absence is said and fails nothing.
 */
export function describeWithTerraform(name: string, tests: () => void): void {
  describeUnless(whatIsMissing() ?? sharedDockerIsMissing(), name, tests);
}

/** The same with a Docker daemon of the test's own. */
export function describeWithOwnDocker(name: string, tests: () => void): void {
  const none = spawnSync('dockerd', ['--version']).error && 'dockerd not found: apt-get install docker.io';
  describeUnless(whatIsMissing() ?? none, name, tests);
}

function describeUnless(missing: string | undefined, name: string, tests: () => void): void {
  if (missing === undefined) return describe(name, tests);
  process.stderr.write(`skipped: ${name}: ${missing}\n`);
  describe.skip(name, tests);
}

function whatIsMissing(): string | undefined {
  if (MIRROR === undefined) return 'BREAKWATER_PROVIDER_MIRROR names no directory made by "terraform providers mirror"';
  if (!hasProvider(DOCKER_VERSION)) return `${MIRROR} has no ${DOCKER_SOURCE} ${DOCKER_VERSION} of ${REGISTRY}`;
  if (spawnSync(BINARY, ['version']).status !== 0) return `${BINARY} is not on the PATH`;
  if (process.getuid?.() !== 0) return 'the files of the host need root';
  if (spawnSync('docker-registry', ['--version']).error)
    return 'docker-registry not found: apt-get install docker-registry';
  return spawnSync('busybox', ['true']).status === 0 ? undefined : 'busybox not found: apt-get install busybox-static';
}

function sharedDockerIsMissing(): string | undefined {
  if (spawnSync('docker', ['info']).status !== 0) return 'no Docker answers';
  return docker('ps', '-aq', '--filter', 'name=^harbor-') === '' ? undefined : 'this Docker runs a Harbor already';
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
    this.env = {
      ...process.env,
      TF_CLI_CONFIG_FILE: config,
      TF_CLI_ARGS: '-no-color',
      CHECKPOINT_DISABLE: '1',
      TF_IN_AUTOMATION: '1',
    };
  }

  run(stack: string, ...args: string[]): Run {
    const { status, stdout, stderr } = spawnSync(BINARY, [`-chdir=${this.stack(stack)}`, ...args], {
      env: this.env,
      encoding: 'utf8',
      timeout: 300_000,
    });
    return { status, output: `${stdout}${stderr}` };
  }

  /** As `run`, for work with something that this process serves. */
  async runBeside(stack: string, ...args: string[]): Promise<Run> {
    const child = spawn(BINARY, [`-chdir=${this.stack(stack)}`, ...args], { env: this.env, timeout: 120_000 });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => void (output += text));
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, output };
  }

  init(stack: string): Run {
    return this.run(stack, 'init', '-input=false');
  }

  /** As after a change of the provider's version: the lock of the one before is given up. */
  upgrade(stack: string): Run {
    return this.run(stack, 'init', '-input=false', '-upgrade');
  }

  /** Has the synthesised stack be one of an older version of the docker provider, which had no timeouts. */
  pretendProvider(stack: string, version: string): void {
    const file = join(this.stack(stack), 'cdk.tf.json');
    const text = readFileSync(file, 'utf8').replaceAll(`"version": "${DOCKER_VERSION}"`, `"version": "${version}"`);
    const json = JSON.parse(text) as { resource?: Record<string, Record<string, Record<string, unknown>>> };
    for (const body of Object.values(json.resource?.['docker_container'] ?? {})) delete body['timeouts'];
    writeFileSync(file, JSON.stringify(json, null, 2));
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
