import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `describe` where nginx is installed; in CI its absence fails. */
export function describeWithNginx(name: string, tests: () => void): void {
  const hint = 'nginx not found: apt-get install nginx-light';
  if (isInstalled()) return describe(name, tests);
  if (process.env['CI']) return it(name, () => Promise.reject(new Error(hint)));
  process.stderr.write(`skipped: ${name}: ${hint}\n`);
  describe.skip(name, tests);
}

function isInstalled(): boolean {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface RunningNginx {
  readonly port: number;
  stop(this: void): Promise<void>;
}

/**
 * Starts nginx with servers as they are written for it. Its files lie in `folder`.
 * @param servers makes the configuration for the directory; the port that it listens on is put in place of 443
 */
export async function startNginx(
  files: (folder: string) => Readonly<Record<string, string>>,
  address = '127.0.0.1',
): Promise<RunningNginx> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-nginx-'));
  const port = await freePort();
  mkdirSync(join(folder, 'conf.d'));
  for (const [name, content] of Object.entries(files(folder)))
    writeFileSync(join(folder, name), content.replace('listen 443 ssl', `listen ${address}:${port} ssl`));
  writeFileSync(join(folder, 'nginx.conf'), mainConfiguration(folder));
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')];
  const child = spawn('nginx', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const stopped = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await stopped;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; !existsSync(join(folder, 'nginx.pid')); tries++) {
    if (child.exitCode !== null || tries === 300) {
      const log = readFileSync(join(folder, 'error.log'), 'utf8');
      await stop();
      throw new Error(`nginx did not start: ${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { port, stop };
}

function mainConfiguration(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/tmp;`,
  );
  return [
    'daemon off;',
    // Started by root its workers would be somebody else, who may not enter the folder.
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'worker_processes 1;',
    `pid ${folder}/nginx.pid;`,
    'events { worker_connections 1024; }',
    'http {',
    ...temporary,
    'access_log off;',
    `include ${folder}/conf.d/*.conf;`,
    '}',
  ].join('\n');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
