import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHIELD_ROBOTS_DIRECTORY, shieldContainer } from '../../src/deploy/edge';
import { nginxRobot } from '../../src/mirror';
import { describeWithNginx } from './nginx';
import { ask, type Answer } from './traefik/ask';
import { Behind, eventually, PRIVATE_PROJECT, PUBLIC_PROJECT } from './traefik/behind';

const HARBOR = '192.0.2.9';
const ACCEPT = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';

/** With the container's own entrypoint and command; only places and addresses are others. */
describeWithNginx('the nginx beside Traefik', () => {
  let behind: Behind;
  let port: number;
  let stop: () => Promise<void>;
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-shield-'));

  beforeAll(async () => {
    behind = await Behind.start();
    port = await freePort();
    const container = shieldContainer(
      {
        certificate: { self_signed: true },
        mirrors: [
          { hostname: 'open.mirror.test', project: PUBLIC_PROJECT, shield: {} },
          { hostname: 'closed.mirror.test', project: PRIVATE_PROJECT, way: 'robot', shield: {} },
          { hostname: 'late.mirror.test', project: PRIVATE_PROJECT, way: 'robot', shield: {} },
        ],
      },
      HARBOR,
    );
    for (const directory of ['run', 'cache', 'robots']) mkdirSync(join(folder, directory));
    const { name, secret } = behind.robot;
    writeFileSync(join(folder, 'robots', 'closed.mirror.test.conf'), nginxRobot(name, secret));
    const relocated = (text: string): string =>
      text
        .replaceAll('/run/shield', join(folder, 'run'))
        .replaceAll('/var/cache/shield', join(folder, 'cache'))
        .replaceAll(SHIELD_ROBOTS_DIRECTORY, join(folder, 'robots'))
        .replaceAll(`${HARBOR}:8080`, new URL(behind.sandbox.url).host)
        .replaceAll('listen 8080', `listen 127.0.0.1:${port}`)
        .replace('daemon off;', process.getuid?.() === 0 ? 'daemon off; user root;' : 'daemon off;');
    const [program = '', ...args] = [...container!.entrypoint, ...container!.command].map(relocated);
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    stop = () => (child.kill('SIGTERM'), ended);
    const isWell = (): Promise<boolean> =>
      get('anything', '/healthz').then(
        ({ status }) => status === 200,
        () => false,
      );
    expect(await eventually(isWell, Boolean)).toBe(true);
  });
  afterAll(async () => {
    await stop?.();
    await behind?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function get(host: string, path: string): Promise<Answer> {
    return ask(`http://127.0.0.1:${port}`, { path, headers: { host, accept: ACCEPT } });
  }

  it.each(['open.mirror.test', 'closed.mirror.test'])('serves %s, and caches it', async (host) => {
    const states = [];
    for (const _ of [1, 2]) {
      const { status, headers } = await get(host, '/v2/library/php/manifests/8');
      states.push([status, headers['x-breakwater-shield']]);
    }
    expect(states).toEqual([
      [200, 'fresh'],
      [200, 'memory'],
    ]);
  });

  it('shares nothing between mirrors: without its robot another one of the same project is closed', async () => {
    expect((await get('late.mirror.test', '/v2/library/php/manifests/8')).status).toBe(401);
  });

  it.each([
    ['a name that is not declared', 'other.test', '/v2/'],
    ['the portal', 'open.mirror.test', '/'],
    ['the API', 'open.mirror.test', '/api/v2.0/projects'],
    ['the catalogue', 'open.mirror.test', '/v2/_catalog'],
  ])('knows nothing of %s', async (_, host, path) => expect((await get(host, path)).status).toBe(404));
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
