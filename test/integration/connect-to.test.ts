import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith } from '../support/cli';
import { createCertificates, describeWithRealParts, temporaryFolder, type Tls } from './real-parts';

jest.setTimeout(120_000);

const NAME = 'harbor.pair.test';
const POLICIES = (url: string) => `
harbor: { url: '${url}', username: admin, password: { env: HARBOR_PASSWORD } }
projects:
  library: { public: true }
`;
const ENV = { HARBOR_PASSWORD: 'Harbor12345' };

/** Two machines of a pair: each passes what it gets to one Harbor, which is their shared state. */
describe('health --connect-to', () => {
  let sandbox: Sandbox;
  const fronts: Server[] = [];
  const served = new Map<string, number>();
  let port: number;

  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: 0.01 });
    port = await front('127.0.0.2', 0);
    await front('127.0.0.3', port);
  });
  afterAll(async () => {
    for (const server of fronts) server.close();
    await sandbox.close();
  });

  function front(address: string, wanted: number): Promise<number> {
    const target = Number(new URL(sandbox.url).port);
    const server = createServer((socket) => {
      served.set(address, (served.get(address) ?? 0) + 1);
      const inner = connect(target, '127.0.0.1');
      socket.pipe(inner).pipe(socket);
      for (const one of [socket, inner]) one.on('error', () => undefined);
    });
    fronts.push(server);
    return new Promise((resolve) =>
      server.listen(wanted, address, () => {
        resolve((server.address() as AddressInfo).port);
      }),
    );
  }

  async function health(...more: readonly string[]) {
    const cwd = directoryWith({ 'policies/harbor.yaml': POLICIES(`http://${NAME}:${port}`) });
    served.clear();
    return cli(['health', '--policies', join(cwd, 'policies'), '--format', 'json', ...more], ENV, cwd);
  }

  it.each(['127.0.0.2', '127.0.0.3'])('examines the machine at %s, and no other', async (address) => {
    const { out, err } = await health('--connect-to', `${NAME}=${address}`);
    const { probes } = JSON.parse(out) as { probes: { name: string; outcome: string }[] };
    expect([probes.find(({ name }) => name === 'components'), err]).toEqual([
      expect.objectContaining({ outcome: 'ok' }),
      err,
    ]);
    expect([...served.keys()]).toEqual([address]);
  });

  it('reports an address without a machine, and a name that does not resolve', async () => {
    expect((await health('--connect-to', `${NAME}=127.0.0.4`)).code).toBe(8);
    expect((await health()).code).toBe(8);
    expect(served.size).toBe(0);
  });

  it.each(['harbor.pair.test', 'harbor.pair.test=host', 'a=b=c', '=127.0.0.2'])('refuses %s', async (text) => {
    const { code, out } = await health('--connect-to', text);
    expect([code, out]).toEqual([1, expect.stringContaining('is not NAME=ADDRESS')]);
  });
});

const ADDRESSES = ['127.0.0.2', '127.0.0.3'] as const;

/** Two machines of a pair, each with its own TLS front and its own Harbor, both filled by the same policies. */
describeWithRealParts('conform --connect-to', () => {
  const folder = temporaryFolder();
  const behind = new Map<string, Sandbox>();
  const fronts: TlsServer[] = [];
  /** Addresses whose front answers no request for a layer. */
  const broken = new Set<string>();
  let tls: Tls;
  let upstream: FixtureUpstream;
  let port = 0;

  beforeAll(async () => {
    tls = createCertificates(folder.path, `DNS:${NAME}`);
    upstream = await startFixtureUpstream();
    upstream.put('library/single', '1', 'a');
    for (const address of ADDRESSES) {
      await front(address);
      const sandbox = await startSandbox({ timeScale: 0.01, externalUrl: `https://${NAME}:${port}` });
      behind.set(address, sandbox);
      const { code, err } = await cli(['apply', '--yes', '--policies', policies(sandbox.url)], ENV);
      expect({ code, err }).toMatchObject({ code: 0 });
    }
  });
  afterAll(async () => {
    for (const server of fronts) server.close();
    for (const sandbox of behind.values()) await sandbox.close();
    await upstream.close();
    folder.remove();
  });

  function policies(url: string): string {
    const ca = url.startsWith('https:') ? `, ca_file: ${tls.caPath}` : '';
    return directoryWith({
      'harbor.yaml': `
harbor: { url: '${url}', username: admin, password: { env: HARBOR_PASSWORD }${ca} }
registries: { fixture: { type: docker-registry, url: '${upstream.url}', insecure: true } }
projects:
  proxy.fixture:
    registry: fixture
    public: true
    conformance: { pull: ['library/single:1'], platforms: [linux/amd64] }
`,
    });
  }

  async function front(address: string): Promise<void> {
    const keys = { key: readFileSync(tls.keyPath), cert: readFileSync(tls.certPath) };
    const server = createTlsServer(keys, (asked, answer) => {
      if (broken.has(address) && asked.url?.includes('/blobs/')) return void answer.writeHead(500).end();
      const { hostname, port: inner } = new URL(behind.get(address)!.url);
      const headers = { ...asked.headers, 'x-forwarded-proto': 'https' };
      const passed = request({ hostname, port: inner, path: asked.url, method: asked.method, headers }, (response) =>
        response.pipe(answer.writeHead(response.statusCode ?? 502, response.headers)),
      );
      asked.pipe(passed.on('error', () => answer.destroy()));
    });
    fronts.push(server);
    await new Promise<void>((listening) => server.listen(port, address, listening));
    port = (server.address() as AddressInfo).port;
  }

  async function conform(address: string) {
    const given = ['--policies', policies(`https://${NAME}:${port}`), '--time-scale', '0.01'];
    const checks = ['T2', 'M1', 'B1', 'S1'].flatMap((id) => ['--check', id]);
    return cli(['conform', ...given, ...checks, '--connect-to', `${NAME}=${address}`], ENV);
  }

  it('proves both machines, each by its address', async () => {
    for (const address of ADDRESSES) {
      const { code, out, err } = await conform(address);
      expect({ code, out, err }).toMatchObject({
        code: 0,
        out: expect.stringContaining(`${NAME}:${port} at ${address}`),
      });
    }
  });

  it('blames only the broken one', async () => {
    broken.add('127.0.0.3');
    expect(await conform('127.0.0.2')).toMatchObject({ code: 0 });
    const { code, out } = await conform('127.0.0.3');
    expect({ code, out }).toEqual({ code: 7, out: expect.stringContaining(`${NAME}:${port} at 127.0.0.3`) });
    expect(out).not.toContain('127.0.0.2');
    broken.clear();
  });

  it('names the one that is down', async () => {
    fronts[1]!.close();
    fronts[1]!.closeAllConnections();
    expect(await conform('127.0.0.3')).toMatchObject({ code: 8, out: expect.stringContaining('at 127.0.0.3') });
    expect(await conform('127.0.0.2')).toMatchObject({ code: 0 });
  });
});
