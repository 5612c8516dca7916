import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDispatcher } from '../../../src/http/dispatcher';
import { requestOnce } from '../../../src/http/request-once';

const server = createServer((_request, response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write('x'), 20);
  response.on('close', () => clearInterval(timer));
});
const dispatcher = createDispatcher();
let url: URL;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`);
});
afterAll(async () => {
  await dispatcher.destroy();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

it('a body that drips is given up in time, with the URL', async () => {
  const asked = requestOnce(dispatcher, { method: 'GET', url }, 1_000, 200);
  await expect(asked).rejects.toMatchObject({ code: 'NETWORK_TIMEOUT', url: url.href });
});

it.each(['before', 'while it drips'])('the stop of the run ends it: %s', async (when) => {
  const run = new AbortController();
  if (when === 'before') run.abort();
  else setTimeout(() => run.abort(), 100);
  const asked = requestOnce(dispatcher, { method: 'GET', url, signal: run.signal }, 1_000, 60_000);
  await expect(asked).rejects.toMatchObject({ code: 'NETWORK_ABORTED' });
});
