import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import type { Persona } from '../../../src/conformance/personas';

export interface PulledImage {
  /** What the client calls the reference: the index, the platform's manifest, or both. */
  readonly digests: readonly string[];
  /** The identity of the image itself, whatever manifest led to it. */
  readonly configDigest: string;
}

/** A client in a folder of its own: its storage, its sockets and whom it trusts. */
export interface RealClient {
  /** @throws Error with what the client said */
  pull(reference: string, login?: Login): Promise<PulledImage>;
  /** Has it trust this authority for this host and no other, in the way its documentation says. */
  trust(host: string, ca: string): void;
  /** From now on, what is named after `registry` comes from `location`, a host with or without a path, as the client can. */
  mirror?(registry: string, location: string, ca: string): void;
  stop(): Promise<void>;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** What has to be known of a client before it is started. */
export interface ClientProgram {
  readonly name: string;
  readonly persona: Persona;
  /** Its Accept list has no order of its own. */
  readonly shufflesAccept?: boolean;
  /** Can be given a mirror with a path, and may say with `?ns=` whose mirror it asks. */
  readonly mirrors?: 'silently' | 'saying whose';
  readonly executables: readonly string[];
  readonly debianPackages: string;
  /** Why it cannot run here although it is installed. */
  unusable(): string | undefined;
  start(folder: string): Promise<RealClient>;
}

/**
 * `describe` for a client. One that is not installed fails in CI and is skipped elsewhere; one that this machine cannot
 * run is skipped everywhere, and a line says why: no client is ever reported as passed without having pulled.
 */
export function describeWithClient(program: ClientProgram, tests: () => void): void {
  const missing = program.executables.filter((name) => !succeeds('sh', '-c', `command -v ${name}`));
  const install = `${missing.join(' and ')} not found: apt-get install ${program.debianPackages}`;
  if (missing.length > 0 && process.env['CI']) return it(program.name, () => Promise.reject(new Error(install)));
  const reason = missing.length > 0 ? install : program.unusable();
  if (reason === undefined) return describe(program.name, tests);
  // The names of skipped tests are not printed, and nobody would learn why.
  process.stderr.write(`skipped: ${program.name} as a real client: ${reason}\n`);
  describe.skip(`${program.name} (${reason})`, tests);
}

/** Mounts are what storage, snapshotters and daemons need root for. */
export function cannotMount(): string | undefined {
  const mounts = succeeds('unshare', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt');
  return mounts ? undefined : 'it needs root that may mount file systems';
}

/** dockerd takes every registry on loopback for insecure and would not verify a certificate there. */
export function outwardAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

function succeeds(file: string, ...args: string[]): boolean {
  try {
    execFileSync(file, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
