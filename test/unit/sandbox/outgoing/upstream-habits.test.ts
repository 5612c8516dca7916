import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox } from '../../../../src/sandbox';
import { call } from '../api-client';

interface Asked {
  readonly line: string;
  readonly agent: string | undefined;
}

const asked: Asked[] = [];
let server: Server;
let url: string;

/** An upstream that serves one manifest for a token, and remembers who asked. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url!.split('?')[0]!;
    asked.push({ line: `${request.method} ${path}`, agent: request.headers['user-agent'] });
    if (path === '/token') return void response.end('{"token":"t"}');
    if (path === '/v2/' && !request.headers.authorization)
      return void response.writeHead(401, { 'www-authenticate': `Bearer realm="${url}/token",service="s"` }).end();
    if (path === '/v2/') return void response.end('{}');
    response.setHeader('content-type', 'application/vnd.oci.image.manifest.v1+json');
    response.setHeader('docker-content-digest', `sha256:${'0'.repeat(64)}`);
    response.end('{"schemaVersion":2,"layers":[]}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const HARBOR = 'harbor-registry-client';
const GO = 'Go-http-client/1.1';

it.each([
  ['v2.14.3', GO],
  ['v2.14.4', HARBOR],
  ['v2.15.0', GO],
  ['v2.15.2', HARBOR],
])('Harbor %s asks for /v2/ and for a token as %s, and for manifests always by its name', async (version, agent) => {
  const sandbox = await startSandbox({ harborVersion: version, timeScale: 0.01 });
  const { id } = await call(sandbox, 'POST registries', { name: 'up', type: 'docker-registry', url });
  const project = { project_name: 'proxy', registry_id: id, metadata: { public: 'true' } };
  await call(sandbox, 'POST projects', project);
  asked.length = 0;
  await call(sandbox, 'GET /v2/proxy/app/manifests/1');
  await sandbox.close();
  const agents = (part: string): (string | undefined)[] => [
    ...new Set(asked.filter(({ line }) => line.includes(part)).map((one) => one.agent)),
  ];
  const pings = new Set(asked.filter(({ line }) => line === 'GET /v2/').map((one) => one.agent));
  expect([[...pings], agents('/token'), agents('/manifests/')]).toEqual([[agent], [agent], [HARBOR]]);
});
