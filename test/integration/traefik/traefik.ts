import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { edgeContainer, type EdgeEnvironment } from '../../../src/deploy/edge';

/**
 * `describe` where a Traefik is on the PATH. Debian has none and CI installs none, so that its absence is said and
 * fails nothing: what can be known without it is in test/unit/deploy/edge.
 */
export function describeWithTraefik(name: string, tests: () => void): void {
  if (isInstalled()) return describe(name, tests);
  process.stderr.write(`skipped: ${name}: traefik not found: put Traefik 3.7 on the PATH to run it\n`);
  describe.skip(name, tests);
}

function isInstalled(): boolean {
  try {
    execFileSync('traefik', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function installedVersion(): string {
  const text = execFileSync('traefik', ['version'], { encoding: 'utf8' });
  return /^Version:\s+v?(\S+)/m.exec(text)?.[1] ?? '';
}

const FIRST_WORDS = 'Traefik can reject some encoded characters in the request path';

export interface Ports {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly pingPort: number;
  readonly metricsPort: number;
}

export interface RunningTraefik extends Ports {
  /** What it logged so far. */
  log(this: void): string;
  /** The lines of it that are no information, but for the one that every Traefik 3.7 begins with. */
  complaints(): string[];
  /** Reads the dynamic files again, as after a renewal. */
  reload(): void;
  /** Writes a file of the host, by its path there. */
  writeHostFile(path: string, content: string): void;
  stop(): Promise<void>;
}

export interface TraefikInputs {
  readonly edge: EdgeEnvironment;
  readonly hostname: string;
  /** What stands where Harbor's nginx is. */
  readonly harborUrl: string;
  /** Files of the host by path. */
  readonly hostFiles?: Readonly<Record<string, string>>;
  /** Changes a flag. */
  readonly flags?: (flag: string) => string;
  /** Where others expect it; default: free ones. */
  readonly ports?: Ports;
  /** Its directory of ACME certificates, which outlives it; default: one of its own. */
  readonly acmeDirectory?: string;
  /** A file in place of /etc/resolv.conf, as a container has one of its own; needs root. */
  readonly resolvConf?: string;
}

/**
 * Starts Traefik with the entrypoint and command of its container. Only what a process outside of a container cannot
 * have is put elsewhere: absolute directories, ports, and Harbor's name.
 */
export async function startTraefik(inputs: TraefikInputs): Promise<RunningTraefik> {
  const { edge, hostname, harborUrl, hostFiles, flags = (flag) => flag } = inputs;
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-traefik-'));
  const { ports = await traefikPorts(), acmeDirectory = join(folder, 'acme') } = inputs;
  const container = edgeContainer(edge, hostname, `traefik:v${installedVersion()}`);
  const relocate = relocation({ folder, acmeDirectory, ports, harborUrl });
  // The mount of the files with credentials lies below the directory of the file provider.
  const onHost = (path: string): string => {
    const mount = container.mounts.find(({ source }) => path.startsWith(`${source}/`));
    return relocate(mount ? path.replace(mount.source, mount.target) : `/host${path}`);
  };
  const writeHostFile = (path: string, content: string): void => {
    mkdirSync(dirname(onHost(path)), { recursive: true });
    writeFileSync(onHost(path), content, { mode: 0o600 });
  };
  for (const directory of [join(folder, 'run'), acmeDirectory]) mkdirSync(directory, { recursive: true });
  for (const [path, content] of Object.entries(hostFiles ?? {})) writeHostFile(path, content);
  const command = [...container.entrypoint, ...container.command.map(flags)].map(relocate);
  const [program = '', ...args] = [...withResolvConf(inputs.resolvConf), ...command];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += String(chunk)));
  const running: RunningTraefik = {
    ...ports,
    log: () => log,
    complaints: () =>
      log.split('\n').filter((line) => /"level":"(warn|error|fatal|panic)"/.test(line) && !line.includes(FIRST_WORDS)),
    reload: () => void child.kill('SIGHUP'),
    writeHostFile,
    async stop() {
      await stopped(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await listening(child, [ports.httpPort, ports.httpsPort, ports.pingPort], running.log);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}

/** The command before that of a process with a resolv.conf of its own. */
function withResolvConf(file: string | undefined): string[] {
  if (file === undefined) return [];
  return ['unshare', '--mount', 'sh', '-c', 'mount --bind "$1" /etc/resolv.conf; shift; exec "$@"', 'sh', file];
}

/** From what is in the container to what is here. */
function relocation(here: {
  readonly folder: string;
  readonly acmeDirectory: string;
  readonly ports: Ports;
  readonly harborUrl: string;
}): (text: string) => string {
  const { folder, acmeDirectory, ports, harborUrl } = here;
  const moves: readonly (readonly [string, string])[] = [
    ['/run/traefik', join(folder, 'run')],
    ['/host/', `${join(folder, 'host')}/`],
    ['=/acme/', `=${acmeDirectory}/`],
    ['address=:8080', `address=127.0.0.1:${ports.httpPort}`],
    ['address=:8443', `address=127.0.0.1:${ports.httpsPort}`],
    ['127.0.0.1:8082', `127.0.0.1:${ports.pingPort}`],
    ['address=:9100', `address=127.0.0.1:${ports.metricsPort}`],
    ['http://proxy:8080', harborUrl],
  ];
  return (text) => moves.reduce((moved, [from, to]) => moved.replaceAll(from, to), text);
}

export async function traefikPorts(): Promise<Ports> {
  const [httpPort = 0, httpsPort = 0, pingPort = 0, metricsPort = 0] = await freePorts(4);
  return { httpPort, httpsPort, pingPort, metricsPort };
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function listen(): Promise<ReturnType<typeof createServer>> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function listening(child: ChildProcess, ports: readonly number[], log: () => string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`traefik ended with ${child.exitCode}: ${log()}`);
    if ((await Promise.all(ports.map(accepts))).every(Boolean)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`traefik did not listen within thirty seconds: ${log()}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    // At once: a graceful stop would wait for connections that the test keeps open.
    child.kill('SIGKILL');
  });
}
