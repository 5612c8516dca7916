import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import { judgeComponents } from '../../../../src/app/examine/components';
import { cachedArtifacts } from '../../../../src/app/examine/cached-artifacts';
import { probePull, pullProblem } from '../../../../src/app/examine/pull';
import { RegistryClient } from '../../../../src/oci';
import { withClient } from '../../harbor/support/client';

const HTML = 'text/html';
const JSON_TYPE = 'application/json';
const ERROR = '{"errors":[{"code":"UNKNOWN","message":"internal server error"}]}';
const wire = { record: () => undefined };

let server: Server;
let registry: RegistryClient;

/** A registry that answers everything so. */
async function serve(status: number, type: string, body: string): Promise<void> {
  server = createServer((_request, response) => void response.writeHead(status, { 'content-type': type }).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  registry = RegistryClient.open({ url, retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 } });
}

describe('a pull', () => {
  afterEach(async () => {
    await registry.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    [503, HTML, '<html>', '503 was returned for the manifest', false],
    [500, JSON_TYPE, ERROR, 'Harbor returned 500 for the manifest', true],
  ])('that ends with %i (%s) "%s": %s', async (status, type, body, why, isOfRegistry) => {
    await serve(status, type, body);
    const artifact = { project: 'p', repository: 'r', digest: `sha256:${'0'.repeat(64)}` };
    expect(await pullProblem(registry, artifact, 'config', wire)).toEqual({ why, status, isOfRegistry });
  });

  it.each([200, 401])('is not possible if a page with %i is at /v2/', async (status) => {
    await serve(status, HTML, '<html>');
    await withClient(
      () => undefined,
      {},
      async ({ client }) =>
        expect(await probePull(client, registry, { sources: [] }, wire)).toMatchObject({
          outcome: 'error',
          message: expect.stringMatching(`^clients cannot pull: GET /v2/ returned ${status} an HTML page`),
        }),
    );
  });
});

it.each([
  [403, JSON_TYPE, '{"errors":[{"code":"FORBIDDEN","message":"x"}]}', true],
  [403, HTML, '<html>', false],
])('what is cached is not known after %i (%s)', (status, type, body, isRefused) =>
  withClient(
    ({ path }, response) => {
      const isList = path.includes('/artifacts');
      if (isList) response.writeHead(status, { 'content-type': type }).end(body);
      else response.writeHead(200, { 'content-type': JSON_TYPE }).end('[{"name":"p/r"}]');
    },
    {},
    async ({ client }) =>
      expect(await cachedArtifacts(client, 'p', 1)).toEqual({ artifacts: [], unread: expect.any(String), isRefused }),
  ),
);

it.each<[number, string, RegExp, RegExp]>([
  [429, '<html>', /returned 429, but not from Harbor$/, /rate limit/],
  [404, '<html>', /returned 404, but not from Harbor$/, /must pass \/api\//],
  [502, '<html>', /^the proxy at h responds, but Harbor behind it does not/, /restarting/],
  [500, ERROR, /^Harbor at h returns errors \(500\) .*returned 500 UNKNOWN internal server error$/, /log of core/],
])('GET /health that returns %i "%s"', (status, body, message, hint) => {
  expect(judgeComponents('h', { status, body: Buffer.from(body) })).toMatchObject({
    outcome: 'error',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});
