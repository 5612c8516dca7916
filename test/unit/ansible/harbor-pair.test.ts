import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROLE = join(__dirname, '../../../ansible/roles/harbor_pair');
const keepalived = {
  virtual_address: '10.20.0.10/24',
  interface: 'lo',
  addresses: ['10.20.0.11', '10.20.0.12'],
};

/** keepalived takes no loopback. */
const INTERFACE = Object.keys(networkInterfaces()).find((name) => name !== 'lo') ?? 'eth0';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'breakwater-keepalived-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** As Ansible writes it for each machine, in one run. */
let configurations: Record<'a' | 'b', string>;
beforeAll(() => {
  const variables = {
    harbor_pair_node: '{{ inventory_hostname }}',
    harbor_pair_hostname: 'harbor.corp.test',
    harbor_pair_https_port: 443,
    harbor_pair_keepalived: keepalived,
    ansible_python_interpreter: '{{ ansible_playbook_python }}',
  };
  const dest = join(directory, '{{ inventory_hostname }}.conf');
  execFileSync(
    'ansible',
    [
      ...['all', '-i', 'a,b,', '-c', 'local', '-m', 'template'],
      ...['-a', `src=${join(ROLE, 'templates/keepalived.conf.j2')} dest=${dest}`],
      ...['-e', `@${join(ROLE, 'vars/main.yml')}`, '-e', JSON.stringify(variables)],
    ],
    { stdio: 'pipe', env: { ...process.env, ANSIBLE_PIPELINING: '1' } },
  );
  const read = (node: string): string => readFileSync(join(directory, `${node}.conf`), 'utf8');
  configurations = { a: read('a'), b: read('b') };
}, 120_000);

describe('keepalived', () => {
  it('prefers machine a, and each machine knows the other', () => {
    const { a, b } = configurations;
    expect(a).toMatch(/priority 100[\s\S]*unicast_src_ip 10\.20\.0\.11[\s\S]*unicast_peer \{\n {4}10\.20\.0\.12/);
    expect(b).toMatch(/priority 90[\s\S]*unicast_src_ip 10\.20\.0\.12[\s\S]*unicast_peer \{\n {4}10\.20\.0\.11/);
    for (const text of [a, b]) expect(text).toContain('10.20.0.10/24');
  });

  it('moves the address when a machine is unwell, and keeps it when both are', () => {
    const weight = Number(/weight (-\d+)/.exec(configurations.a)![1]);
    expect(100 + weight).toBeLessThan(90);
    expect(100 + weight).toBeGreaterThan(90 + weight);
  });

  const isThere = spawnSync('keepalived', ['--version']).status === 0;
  if (!isThere) process.stderr.write('skipped: keepalived judges its configuration: apt-get install keepalived\n');
  (isThere ? it : it.skip)('takes the configuration', () => {
    const script = join(directory, 'script.sh');
    writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
    const judge = (text: string) => {
      const file = join(directory, 'judged.conf');
      writeFileSync(file, text.replace('/etc/keepalived/check-harbor.sh', script));
      const { status, stdout, stderr } = spawnSync('keepalived', [
        '--config-test',
        '--use-file',
        file,
        '--log-console',
      ]);
      return { status, said: `${stdout.toString()}${stderr.toString()}` };
    };
    const text = configurations.a.replace('interface lo', `interface ${INTERFACE}`);
    expect(judge(text)).toEqual({ status: 0, said: '' });
    expect(judge(text.replace('virtual_router_id 51', 'virtual_router_id 999')).said).toMatch(/999.*range/);
    expect(judge(text.replace('unicast_src_ip', 'unicast_source')).said).toMatch(/Unknown keyword/);
  });
});

describe('the check of Harbor', () => {
  let server: Server;
  let body: string;
  let status: number;
  let asked: string | undefined;
  let script: string;
  beforeAll(async () => {
    const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const subject = ['-subj', '/CN=harbor.corp.test', '-days', '1', '-newkey', 'rsa:2048', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
    server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
      asked = `${request.headers.host} ${request.url}`;
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    script = join(directory, 'check-harbor.sh');
    const text = readFileSync(join(ROLE, 'files/check-harbor.sh'), 'utf8');
    writeFileSync(script, text.replaceAll('/etc/keepalived', directory));
    chmodSync(script, 0o755);
  });
  afterAll(() => {
    server.close();
  });

  async function check(port = (server.address() as AddressInfo).port): Promise<number> {
    return promisify(execFile)(script, ['harbor.corp.test', String(port)]).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
  }

  it.each([
    ['a healthy Harbor', 200, '{"status":"healthy","components":[{"name":"core","status":"healthy"}]}', true],
    ['an unhealthy component', 200, '{"status":"unhealthy","components":[{"name":"core","status":"healthy"}]}', false],
    ['a page of another program', 200, '<html>hello</html>', false],
    ['an error', 502, 'healthy', false],
  ])('reports that %s may have the address: %#', async (_what, answered, text, expected) => {
    [status, body] = [answered, text];
    expect((await check()) === 0).toBe(expected);
    expect(asked).toMatch(/^harbor\.corp\.test:\d+ \/api\/v2\.0\/health$/);
  });

  it('gives the address away if Harbor does not answer, and while the machine is drained', async () => {
    expect(await check(9)).not.toBe(0);
    [status, body] = [200, '{"status":"healthy"}'];
    writeFileSync(join(directory, 'drained'), '');
    expect(await check()).not.toBe(0);
    rmSync(join(directory, 'drained'));
    expect(await check()).toBe(0);
  });
});
