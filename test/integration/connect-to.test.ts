import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';

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

  it('reaches no machine at an address where none is, and the name alone resolves to none', async () => {
    expect((await health('--connect-to', `${NAME}=127.0.0.4`)).code).toBe(8);
    expect((await health()).code).toBe(8);
    expect(served.size).toBe(0);
  });

  it.each(['harbor.pair.test', 'harbor.pair.test=host', 'a=b=c', '=127.0.0.2'])('refuses %s', async (text) => {
    const { code, out } = await health('--connect-to', text);
    expect([code, out]).toEqual([1, expect.stringContaining('is not NAME=ADDRESS')]);
  });
});
