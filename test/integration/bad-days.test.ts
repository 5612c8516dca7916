import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox';
import { startFixtureUpstream } from '../../src/upstream';
import { cli, directoryWith } from '../support/cli';
import { until } from '../support/until';

const PASSWORD = 'Right-Passw0rd';
const ENV = { HARBOR_PASSWORD: PASSWORD };
const MAIN = resolve(__dirname, '../../dist/src/cli/main.js');

function policiesFor(url: string, projects: readonly string[], more = ''): string {
  const harbor = `harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD } }\n`;
  const declared = projects.map((name) => `  ${name}: { public: false }\n`).join('');
  return directoryWith({ 'policies.yaml': `${harbor}${more}projects:\n${declared}` });
}

const running: Sandbox[] = [];
async function sandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const started = await startSandbox({ password: PASSWORD, timeScale: 0.01, ...options });
  running.push(started);
  return started;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
});

async function harborApi(url: string, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${url}/api/v2.0${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

describe('bad days: Harbor cannot be asked', () => {
  it('is not there', async () => {
    const { code, err } = await cli(['plan', '--policies', policiesFor('http://127.0.0.1:1', ['p'])], ENV);
    expect(err).toContain('NETWORK_REFUSED');
    expect(err).toContain('http://127.0.0.1:1');
    expect(code).toBe(8);
  }, 60_000);

  it('does not accept the password, and its shorter list with status 200 is not used', async () => {
    const { url } = await sandbox();
    const { code, out, err } = await cli(['plan', '--policies', policiesFor(url, ['p'])], {
      HARBOR_PASSWORD: 'Wrong-Passw0rd',
    });
    expect(err).toMatch(/error\[IDENTITY\].*admin/);
    expect(err + out).not.toContain('Wrong-Passw0rd');
    expect(out).toBe('');
    expect(code).toBe(8);
  });

  it('shows an untrusted certificate until its CA is declared', async () => {
    const tls = selfSigned();
    const { url } = await sandbox({ tls });
    const distrusting = await cli(['plan', '--policies', policiesFor(url, ['p'])], ENV);
    expect(distrusting.err).toContain('NETWORK_TLS');
    expect(distrusting.err).toContain('ca_file');
    expect(distrusting.code).toBe(8);
    const harbor = `harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD }, ca_file: ca.pem }\n`;
    const policies = directoryWith({ 'policies.yaml': `${harbor}projects: { p: {} }\n`, 'ca.pem': tls.cert });
    expect((await cli(['plan', '--policies', policies], ENV)).code).toBe(0);
  });

  it('is a captive portal that returns a page for every path', async () => {
    const portal = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><title>Guest WiFi</title>log in</html>');
    }).listen(0, '127.0.0.1');
    await once(portal, 'listening');
    const { port } = portal.address() as AddressInfo;
    const { code, err } = await cli(['plan', '--policies', policiesFor(`http://127.0.0.1:${port}`, ['p'])], ENV);
    portal.close();
    expect(err).toMatch(/HTML|Guest WiFi/);
    expect(err).toContain(`http://127.0.0.1:${port}`);
    expect(code).toBe(1);
  });
});

describe('bad days: in the middle of an apply', () => {
  const names = Array.from({ length: 12 }, (_, n) => `p${n}`);

  it('a 500: finished changes stay and are reported, the exit code is 5, and the next run finishes', async () => {
    const { url } = await sandbox({ faults: ['500:method=POST,path=/api/v2.0/projects,after=4,times=1'] });
    const policies = policiesFor(url, names);
    const journal = join(policies, 'journal.jsonl');
    const first = await cli(['apply', '--yes', '--policies', policies, '--journal', journal], ENV);
    expect(first.code).toBe(5);
    expect(first.out).toMatch(/(failed|unknown) {2}project\/p\d+: .*500/);
    expect(first.out).toContain('11 applied');
    const second = await cli(['apply', '--yes', '--policies', policies, '--journal', journal], ENV);
    expect(second.out).toContain('Apply: 1 applied');
    expect(second.code).toBe(0);
    expect((await cli(['drift', '--policies', policies], ENV)).code).toBe(0);
  });

  it('a lost response to a write that Harbor executed: found by reading, not sent twice', async () => {
    const { url } = await sandbox({ faults: ['answer-lost:method=POST,path=/api/v2.0/projects,after=2,times=1'] });
    const policies = policiesFor(url, names);
    const { code, out } = await cli(['apply', '--yes', '--policies', policies, '--journal', join(policies, 'j')], ENV);
    expect(out).toMatch(/12 applied \(1 already as declared\)/);
    expect(code).toBe(0);
  });

  it('the process is killed between two writes: the journal records it, and the next run finishes', async () => {
    const { url } = await sandbox({ faults: ['latency=60:method=POST,path=/api/v2.0/projects'] });
    const policies = policiesFor(url, names);
    const journal = join(policies, 'journal.jsonl');
    const words = ['apply', '--yes', '--policies', policies, '--journal', journal, '--concurrency', '1'];
    const child = spawn(process.execPath, [MAIN, ...words], {
      env: { ...ENV, PATH: process.env['PATH'] },
      stdio: 'ignore',
    });
    await until(() => existsSync(journal) && readFileSync(journal, 'utf8').split('"type":"result"').length > 4);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const told = async (command: string) => {
      const { code, err } = await cli([command, '--policies', policies, '--journal', journal], ENV);
      expect(err).toMatch(/last time: .*\d+ of 12 changes done/);
      expect(err).toContain('it was killed, or is still running');
      return code;
    };
    expect([await told('plan'), await told('drift')]).toEqual([0, 2]);
    const next = await cli(words, ENV);
    expect(next.err).toMatch(/last time: .*\d+ of 12 changes done/);
    expect(next.code).toBe(0);
    const drift = await cli(['drift', '--policies', policies, '--journal', journal], ENV);
    expect(drift).toMatchObject({ code: 0, err: expect.not.stringContaining('last time') });
  });

  it('a secret that a killed apply may not have written is in the plan that the next apply makes', async () => {
    const { url } = await sandbox();
    const upstream = await startFixtureUpstream();
    const registry = `registries: { hub: { type: docker-registry, url: "${upstream.url}", credential: { access_key: bot, access_secret: { env: SECRET } } } }\n`;
    const policies = policiesFor(url, ['p'], registry);
    const journal = join(policies, 'journal.jsonl');
    const env = { ...ENV, SECRET: 's3cret-of-hub' };
    const run = (...words: string[]) => cli([...words, '--policies', policies, '--journal', journal], env);
    expect((await run('apply', '--yes')).code).toBe(0);
    expect((await run('plan')).out).toContain('No changes');
    const lines = [
      { type: 'run', run: 'r2', at: new Date().toISOString(), tool: 'breakwater', target: url, changes: 1 },
      { type: 'attempt', n: 1, address: 'registry/hub', method: 'PUT', path: '/api/v2.0/registries/1' },
    ];
    appendFileSync(journal, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { out, err } = await run('plan');
    expect(out).toMatch(/~ registry\/hub[^]*secret: env SECRET/);
    expect(err).toContain('registry/hub');
    expect((await run('apply', '--yes')).out).toContain('Apply: 1 applied');
    expect((await run('plan')).out).toContain('No changes');
    await upstream.close();
  });

  it('SIGTERM: finishes running requests, reports what was not tried, and exits with 143', async () => {
    const { url } = await sandbox({ faults: ['latency=60:method=POST,path=/api/v2.0/projects'] });
    const policies = policiesFor(url, names);
    const journal = join(policies, 'journal.jsonl');
    const words = [
      'apply',
      '--yes',
      '--policies',
      policies,
      '--journal',
      journal,
      '--concurrency',
      '1',
      '--format',
      'json',
    ];
    const child = spawn(process.execPath, [MAIN, ...words], { env: { ...ENV, PATH: process.env['PATH'] } });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await until(() => existsSync(journal) && readFileSync(journal, 'utf8').includes('"type":"result"'));
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(143);
    const report = JSON.parse(out);
    expect(report.aborted).toBe(true);
    expect(report.ok.length + report.skipped.length).toBe(12);
    expect(report.skipped.length).toBeGreaterThan(0);
  });
});

describe('bad days: someone else changes objects', () => {
  it('edits an object between plan and apply: that change is refused by field, the others are made, exit 3', async () => {
    const { url } = await sandbox();
    const before = policiesFor(url, ['mine', 'theirs']);
    expect((await cli(['apply', '--yes', '--policies', before, '--journal', join(before, 'j')], ENV)).code).toBe(0);
    const policies = directoryWith({
      'policies.yaml': readFileSync(join(before, 'policies.yaml'), 'utf8').replaceAll(
        'public: false',
        'public: true, auto_scan: true',
      ),
    });
    const plan = join(policies, 'plan.json');
    expect((await cli(['plan', '--policies', policies, '--out', plan], ENV)).code).toBe(0);
    expect(statSync(plan).mode & 0o077).toBe(0);

    await harborApi(url, 'PUT', '/projects/theirs', { metadata: { auto_scan: 'true' } });
    const { code, out } = await cli(['apply', plan, '--policies', policies, '--journal', join(policies, 'j')], ENV);
    expect(out).toMatch(/stale {2}project\/theirs: .*auto_scan/);
    expect(out).toContain('1 applied');
    expect(code).toBe(3);
    const theirs = (await (await harborApi(url, 'GET', '/projects/theirs')).json()) as {
      metadata: Record<string, string>;
    };
    expect(theirs.metadata['public']).toBe('false');
  });

  it.each([
    ['the declaration has changed', (text: string) => text.replace('public: false', 'public: true')],
    ['another Harbor is declared', (text: string) => text.replace('127.0.0.1', 'localhost')],
  ])('a saved plan no longer fits: %s', async (_what, edit) => {
    const { url } = await sandbox();
    const policies = policiesFor(url, ['p']);
    const plan = join(policies, 'plan.json');
    expect((await cli(['plan', '--policies', policies, '--out', plan], ENV)).code).toBe(0);
    const edited = directoryWith({ 'policies.yaml': edit(readFileSync(join(policies, 'policies.yaml'), 'utf8')) });
    const { code, err } = await cli(['apply', plan, '--policies', edited], ENV);
    expect(err).toContain('make a new plan');
    expect(code).toBe(3);
    expect((await harborApi(url, 'HEAD', '/projects?project_name=p')).status).toBe(404);
  });

  it('without a terminal and without --yes nothing is changed', async () => {
    const { url } = await sandbox();
    const { code, err } = await cli(['apply', '--policies', policiesFor(url, ['p'])], ENV);
    expect(err).toContain('--yes');
    expect(code).toBe(1);
    expect((await harborApi(url, 'HEAD', '/projects?project_name=p')).status).toBe(404);
  });

  it('the guard refuses to delete a project with images, and no part of that plan is applied', async () => {
    const { url } = await sandbox();
    const before = policiesFor(url, ['a', 'b', 'c', 'd', 'e']);
    expect((await cli(['apply', '--yes', '--policies', before, '--journal', join(before, 'j')], ENV)).code).toBe(0);
    const policies = policiesFor(url, ['new'], 'prune: { project: true }\n');
    const { code, err } = await cli(['apply', '--yes', '--mode', 'sync', '--policies', policies], ENV);
    expect(err).toMatch(/Refused \[/);
    expect(code).toBe(6);
    expect((await harborApi(url, 'HEAD', '/projects?project_name=new')).status).toBe(404);
  });
});

/** A certificate for 127.0.0.1 that is its own authority. */
function selfSigned(): { cert: string; key: string } {
  const directory = directoryWith({});
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
      ...subject,
    ],
    { stdio: 'ignore' },
  );
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}
