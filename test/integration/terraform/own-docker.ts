import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../traefik/behind';

const TRIES = 1200;

/**
 * A Docker daemon that a test may kill, with a containerd that survives it, as on a host. Its bridge and its firewall rules
 * would be those of this machine: it has none.
 */
export class OwnDocker {
  readonly env: Record<string, string>;
  readonly #folder: string;
  #containerd: ChildProcess | undefined;
  #daemon: ChildProcess | undefined;

  constructor(folder: string) {
    this.#folder = join(folder, 'docker');
    mkdirSync(this.#folder);
    this.env = { DOCKER_HOST: `unix://${this.#folder}/socket` };
  }

  async start(): Promise<void> {
    const below = (...names: string[]): string[] => names.map((name) => `--${name}=${this.#folder}/${name}`);
    this.#containerd ??= this.#spawn('containerd', [...below('root', 'state', 'address'), '--log-level=error']);
    const alone = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs'];
    const containerd = `--containerd=${this.#folder}/address`;
    const own = [...below('data-root', 'exec-root', 'pidfile'), containerd, `--host=${this.env['DOCKER_HOST']}`];
    this.#daemon = this.#spawn('dockerd', [...own, ...alone]);
    const answers = (): boolean => spawnSync('docker', ['info'], { env: this.#environment }).status === 0;
    if (!(await eventually(answers, Boolean, TRIES)))
      throw new Error(`dockerd does not answer: ${readFileSync(this.#log, 'utf8').slice(-2000)}`);
  }

  /** As the kernel does when memory is short. */
  async die(): Promise<void> {
    await end(this.#daemon, 'SIGKILL');
  }

  /** `systemctl restart docker`. */
  async restart(): Promise<void> {
    await end(this.#daemon, 'SIGTERM');
    await this.start();
  }

  /** With every container. */
  async stop(): Promise<void> {
    if (isAlive(this.#daemon)) for (const name of this.names()) this.docker('rm', '-f', name);
    await end(this.#daemon, 'SIGTERM');
    await end(this.#containerd, 'SIGTERM');
    // A daemon that died left them mounted.
    const mounted = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
    for (const path of mounted.filter((one) => one.startsWith(`${this.#folder}/`)).reverse())
      spawnSync('umount', [path]);
  }

  docker(...args: string[]): string {
    return execFileSync('docker', args, { env: this.#environment, encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  /** Names of containers that match a filter of Docker's. */
  names(...filters: string[]): string[] {
    const names = this.docker('ps', '-a', '--format', '{{.Names}}', ...filters.flatMap((one) => ['--filter', one]));
    return names.split('\n').filter(Boolean).sort();
  }

  get #environment(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.env };
  }

  get #log(): string {
    return join(this.#folder, 'log');
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const log = openSync(this.#log, 'a');
    const child = spawn(program, args, { stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    return child;
  }
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!isAlive(child)) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  await ended;
}

function isAlive(child: ChildProcess | undefined): child is ChildProcess {
  return child !== undefined && child.exitCode === null && child.signalCode === null;
}
