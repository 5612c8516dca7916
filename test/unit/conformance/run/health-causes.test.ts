import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { robotCause } from '../../../../src/conformance';
import { RegistryClient } from '../../../../src/oci';

const ROBOT = { username: 'robot$nodes', password: () => 'secret' };

let server: Server;
let registry: RegistryClient;

/** A Harbor whose token service returns this; everything else is 404. */
async function serve(status: number, body = status === 200 ? '{"token":"a.b.c"}' : ''): Promise<void> {
  server = createServer(({ url = '' }, answer) => {
    const isToken = url.startsWith('/service/token');
    answer.writeHead(isToken ? status : 404).end(isToken ? body : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  registry = RegistryClient.open({ url, retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 } });
}

afterEach(async () => {
  await registry.close();
  await new Promise((resolve) => server.close(resolve));
});

const wire = { record: () => undefined };

const ERROR = '{"errors":[{"code":"UNKNOWN","message":"internal server error"}]}';

it.each([
  [500, ''],
  [500, ERROR],
  [503, ERROR],
])('a robot is not known to work if the token service of Harbor returns %i "%s"', async (status, body) => {
  await serve(status, body);
  expect(await robotCause(registry, { project: 'a', robot: ROBOT }, wire)).toMatchObject({
    kind: 'token-service',
    rank: 'outage',
    words: `the token service of ${registry.url.host} returns ${status}: no client gets a token`,
  });
});

it.each([
  [429, '', /raise the rate limit for \/service\//],
  [429, ERROR, /raise the rate limit for \/service\//],
  [502, '<html>Bad Gateway</html>', /log of the proxy in front, and that of core/],
  [401, '<html>Log in</html>', /correct the proxy/],
])('Harbor is not blamed for a %i "%s" of a proxy in front', async (status, body, whatToDo) => {
  await serve(status, body);
  expect(await robotCause(registry, { project: 'a', robot: ROBOT }, wire)).toMatchObject({
    kind: 'no-token',
    party: 'front door',
    whatToDo: expect.stringMatching(whatToDo),
  });
});

it('a robot that Harbor refuses is to blame itself', async () => {
  await serve(401);
  expect(await robotCause(registry, { project: 'a', robot: ROBOT }, wire)).toMatchObject({ party: 'credential' });
});

it.each([
  [403, ''],
  [404, ''],
  [200, '<html>Log in</html>'],
])('a %i that Harbor never returns to a login is of the front door, as in A4: "%s"', async (status, body) => {
  await serve(status, body);
  expect(await robotCause(registry, { project: 'a', robot: ROBOT }, wire)).toMatchObject({
    kind: 'no-token',
    party: 'front door',
    words: `${registry.url.host} returns ${status} for /service/token, and that is not an answer of Harbor`,
  });
});

it('a robot that gets a token works', async () => {
  await serve(200);
  expect(await robotCause(registry, { project: 'a', robot: ROBOT }, wire)).toBeUndefined();
});
