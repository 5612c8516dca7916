import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FixtureImage } from '../../src/upstream';

const run = promisify(execFile);

/** A folder that goes with the test. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'breakwater-integration-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs skopeo; rejects with what it printed. */
export async function skopeo(...args: string[]): Promise<string> {
  const { stdout } = await run('skopeo', ['--insecure-policy', ...args], { timeout: 60_000 });
  return stdout;
}

export interface Tls {
  readonly caPath: string;
  readonly certPath: string;
  readonly keyPath: string;
}

export interface RealRegistry {
  readonly host: string;
  readonly url: string;
  stop(): Promise<void>;
}

/** Debian's docker-registry on a free loopback port. Two of one folder have the same images if they are stored there. */
export async function startRealRegistry(
  folder: string,
  tls?: Tls,
  stored: 'in memory' | 'in the folder' = 'in memory',
): Promise<RealRegistry> {
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'registry.json');
  // YAML reads JSON.
  writeFileSync(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'error', accesslog: { disabled: true } },
      storage: stored === 'in memory' ? { inmemory: {} } : { filesystem: { rootdirectory: join(folder, 'storage') } },
      http: { addr: host, ...(tls ? { tls: { certificate: tls.certPath, key: tls.keyPath } } : {}) },
    }),
  );
  // Of a few MiB in use, Go would collect garbage all the time.
  const lazy = stored === 'in memory' ? { GOGC: '1000', GOMEMLIMIT: '256MiB' } : {};
  const env = { ...process.env, ...lazy };
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore', env });
  await listening(child, host);
  return { host, url: `${tls ? 'https' : 'http'}://${host}`, stop: () => stopProcess(child) };
}

async function listening(child: ChildProcess, host: string): Promise<void> {
  const [, port] = host.split(':');
  const { connect } = await import('node:net');
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`);
    const connected = await new Promise<boolean>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
    });
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('docker-registry did not start listening within 30 seconds');
}

function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Writes an image as an OCI layout, the form in which skopeo takes it. */
export function writeOciLayout(folder: string, image: FixtureImage): void {
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
  const write = (digest: string, bytes: Buffer): void =>
    writeFileSync(join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length)), bytes);
  for (const one of [image, ...image.children]) {
    write(one.digest, one.manifest);
    for (const blob of one.blobs) write(blob.digest, Buffer.concat([...blob.chunks()]));
  }
  const descriptor = { mediaType: image.mediaType, digest: image.digest, size: image.manifest.length };
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }));
}

/** A private certificate authority, and a certificate of it for 127.0.0.1. */
/** @param names in the certificate of the server, as in `subjectAltName` */
export function createCertificates(folder: string, names = 'IP:127.0.0.1'): Tls {
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const ca = ['-x509', ...newKey, '-keyout', path('ca.key'), '-out', path('ca.crt'), '-days', '2'];
  openssl('req', ...ca, '-subj', '/CN=Private test CA');
  openssl('req', ...newKey, '-keyout', path('server.key'), '-out', path('server.csr'), '-subj', '/CN=127.0.0.1');
  writeFileSync(path('san.cnf'), `subjectAltName=${names}\n`);
  const signing = ['-CA', path('ca.crt'), '-CAkey', path('ca.key'), '-CAcreateserial', '-days', '2'];
  openssl(
    'x509',
    '-req',
    '-in',
    path('server.csr'),
    ...signing,
    '-out',
    path('server.crt'),
    '-extfile',
    path('san.cnf'),
  );
  return { caPath: path('ca.crt'), certPath: path('server.crt'), keyPath: path('server.key') };
}
