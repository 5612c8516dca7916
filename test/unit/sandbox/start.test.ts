import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../../src/sandbox';
import { call } from './api-client';
import { until } from '../../support/until';

const directory = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('startSandbox', () => {
  it('refuses a port that is taken', async () => {
    const first = await startSandbox();
    await expect(startSandbox({ port: first.port })).rejects.toThrow(/EADDRINUSE/);
    await first.close();
  });

  it('leaves nothing running if it cannot start', async () => {
    const { port, close } = await startSandbox();
    await close();
    const scanner = (): Promise<never> => Promise.reject(new Error('the scanner is not there'));
    await expect(startSandbox({ port, scanner })).rejects.toThrow('the scanner is not there');
    const next = await startSandbox({ port });
    expect(next.port).toBe(port);
    await next.close();
  });

  it('refuses connections after close, however many were open', async () => {
    const sandbox = await startSandbox();
    await call(sandbox, 'GET ping');
    await sandbox.close();
    await expect(call(sandbox, 'GET ping')).rejects.toThrow();
  });

  it('takes the password and the version it is given', async () => {
    const sandbox = await startSandbox({ password: 'Another1', harborVersion: 'v2.14.4' });
    const answer = await call(sandbox, 'GET systeminfo', undefined, { as: 'admin:Another1' });
    expect(answer.body.harbor_version).toMatch(/^v2\.14\.4-/);
    await sandbox.close();
  });

  it('uses TLS when given a certificate', async () => {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const openssl = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', cert];
    execFileSync('openssl', [...openssl, ...subject], { stdio: 'ignore' });
    const tls = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
    const sandbox = await startSandbox({ tls });
    const status = await new Promise((resolve, reject) => {
      get(`${sandbox.url}/api/v2.0/ping`, { ca: tls.cert }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on('error', reject);
    });
    expect([sandbox.url.split(':')[0], status]).toEqual(['https', 200]);
    await sandbox.close();
  });
});

describe('--data', () => {
  const dataDir = join(directory, 'data');

  it('keeps everything over a restart, secrets only hashed', async () => {
    const first = await startSandbox({ dataDir });
    await call(first, 'POST projects', { project_name: 'kept', storage_limit: 4096 });
    await call(first, 'PUT configurations', { banner_message: 'hello' });
    const robot = await call(first, 'POST robots', {
      name: 'ci',
      level: 'system',
      duration: 1,
      permissions: [{ kind: 'system', namespace: '/', access: [{ resource: 'registry', action: 'list' }] }],
    });
    await first.close();
    const second = await startSandbox({ dataDir });
    const as = `${robot.body.name}:${robot.body.secret}`;
    expect((await call(second, 'GET projects/kept/summary')).body.quota.hard.storage).toBe(4096);
    expect((await call(second, 'GET configurations')).body.banner_message.value).toBe('hello');
    expect((await call(second, 'GET registries', undefined, { as })).status).toBe(200);
    expect((await call(second, 'POST projects', { project_name: 'next' })).id).toBe(3);
    await second.close();
    const text = readFileSync(join(dataDir, 'state.json'), 'utf8');
    expect([text.includes(robot.body.secret), text.includes('Harbor12345')]).toEqual([false, false]);
    expect(statSync(join(dataDir, 'state.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir).sort()).toEqual(['blobs', 'state.json']);
  });

  it('writes while it runs, so that a kill loses little', async () => {
    const running = join(directory, 'running');
    const sandbox = await startSandbox({ dataDir: running });
    await call(sandbox, 'POST projects', { project_name: 'seen' });
    await until(() => readable(running).includes('"seen"'));
    await sandbox.close();
  });

  it('reports which file it cannot read', async () => {
    const broken = mkdtempSync(join(directory, 'broken-'));
    writeFileSync(join(broken, 'state.json'), '{"tables":');
    await expect(startSandbox({ dataDir: broken })).rejects.toThrow(/state\.json cannot be read/);
  });
});

function readable(folder: string): string {
  try {
    return readFileSync(join(folder, 'state.json'), 'utf8');
  } catch {
    return '';
  }
}
