import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientFile } from '../../../src/clients';
import { startFixtureUpstream, type FixtureUpstream } from '../../../src/upstream';
import { makePrivateCa, type PrivateCa } from '../../unit/harbor/support/private-ca';
import { cannotMount } from './client';
import { startDaemon, type Daemon } from './run';

/**
 * `describe` for programs that no distribution packages: whoever has them in the PATH runs the tests, also in CI. Elsewhere a
 * line says why not.
 */
export function describeWithBuilt(executables: readonly string[], build: string, tests: () => void): void {
  const missing = executables.filter((name) => !isInstalled(name));
  const reason = missing.length > 0 ? `${missing.join(' and ')} not found: ${build}` : cannotMount();
  const title = `with ${executables.join(' and ')}`;
  if (reason === undefined) return describe(title, tests);
  process.stderr.write(`skipped: ${title}: ${reason}\n`);
  describe.skip(`${title} (${reason})`, tests);
}

function isInstalled(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A stand-in for Docker Hub, at the names and the port of the real one. */
export interface HubStandIn {
  readonly hub: FixtureUpstream;
  readonly authority: PrivateCa;
  readonly url: string;
  /** Content of /etc/hosts. */
  readonly hosts: string;
}

/** @param address of loopback that is nobody else's: Docker Hub is asked at port 443 and no other */
export async function startHub(address: string): Promise<HubStandIn> {
  const authority = makePrivateCa(`DNS:registry-1.docker.io,DNS:auth.docker.io,IP:${address}`);
  const tls = { cert: authority.cert, key: authority.key };
  const hub = await startFixtureUpstream({ host: address, port: 443, tls });
  const hosts = `127.0.0.1 localhost\n${address} registry-1.docker.io auth.docker.io\n`;
  return { hub, authority, url: `https://${address}`, hosts };
}

export interface Place {
  /** Everything of the daemon. */
  readonly folder: string;
  /** What stands in place of this directory of the machine, such as /etc/buildkit. */
  readonly etc: string;
  /** Content of /etc/hosts, and the authorities that the system trusts. */
  readonly hosts: string;
  readonly authorities: string;
}

/** A daemon whose /etc/NAME, names of hosts and authorities are its own; those of the machine stay as they are. */
export async function startInPlace(
  { folder, etc, hosts, authorities }: Place,
  command: readonly string[],
  ready: () => Promise<unknown>,
): Promise<Daemon> {
  const own = join(folder, 'etc');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(folder, 'hosts'), hosts);
  writeFileSync(join(folder, 'authorities.crt'), authorities);
  const mount = [
    `mkdir -p ${etc} && mount --bind ${own} ${etc}`,
    `mount --bind ${join(folder, 'hosts')} /etc/hosts`,
    `export SSL_CERT_FILE=${join(folder, 'authorities.crt')}`,
    'exec "$@"',
  ].join(' && ');
  return startDaemon(join(folder, 'log'), ['sh', '-c', mount, 'sh', ...command], ready);
}

/** Puts rendered files below `root`, without `etc` before them. */
export function install(files: readonly ClientFile[], etc: string, root: string): void {
  for (const { path, content, mode } of files.filter((file) => file.path.startsWith(`${etc}/`))) {
    const place = join(root, path.slice(etc.length));
    mkdirSync(join(place, '..'), { recursive: true });
    writeFileSync(place, content, { mode });
  }
}
