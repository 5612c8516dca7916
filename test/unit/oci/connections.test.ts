import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { RegistryClient } from '../../../src/oci';
import { recording } from './registry-double';

const BOUND = 32;
let server: Server;
let client: RegistryClient;
let opened: number;
let openNow: Set<Socket>;
let mostAtOnce: number;

async function start(answer: RequestListener): Promise<void> {
  [opened, mostAtOnce, openNow] = [0, 0, new Set()];
  server = createServer(answer);
  server.on('connection', (socket) => {
    opened++;
    openNow.add(socket);
    mostAtOnce = Math.max(mostAtOnce, openNow.size);
    socket.on('close', () => openNow.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = RegistryClient.open({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('connections', () => {
  it.each(['HEAD', 'GET'] as const)('serve many %s: each new one is a TLS handshake', async (method) => {
    await start((_request, response) => void response.writeHead(200, { 'content-length': 2 }).end('{}'));
    for (let n = 0; n < 10; n++) await client.manifest(method, 'p/r', '1', recording().wire);
    // undici rests a connection for one turn after each answer, and takes the other one meanwhile.
    expect(opened).toBeLessThanOrEqual(2);
  });

  it('that bring a body after HEAD are not used again, and the next answer is its own', async () => {
    await start((request, response) => {
      if (request.method === 'HEAD') request.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil');
      else response.end('good');
    });
    const head = await client.manifest('HEAD', 'p/r', '1', recording().wire);
    await new Promise(setImmediate);
    const get = await client.manifest('GET', 'p/r', '1', recording().wire);
    expect([head.status, get.status, get.body.toString()]).toEqual([200, 200, 'good']);
  });

  it(`are ${BOUND} at most, whatever is asked at once`, async () => {
    await start((_request, response) => void setTimeout(() => response.end('{}'), 5));
    const asked = Array.from({ length: 4 * BOUND }, () => client.manifest('GET', 'p/r', '1', recording().wire));
    const answers = await Promise.all(asked);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(mostAtOnce).toBe(BOUND);
    expect(opened).toBe(BOUND);
  });
});
