import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findReferrers } from '../../../../src/conformance/support/referrers';
import { RegistryClient } from '../../../../src/oci';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const INDEX = JSON.stringify({ manifests: [{ digest: DIGEST, artifactType: 'application/vnd.example' }] });

let server: Server;
let client: RegistryClient;

/** A registry without the referrers API. */
async function serve(status: number, body = ''): Promise<void> {
  server = createServer(({ url = '' }, answer) => {
    const isApi = url.includes('/referrers/');
    answer.writeHead(isApi ? 404 : status).end(isApi ? '{"errors":[{"code":"NOT_FOUND","message":"no"}]}' : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = RegistryClient.open({ url, retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 } });
}

afterEach(async () => {
  await client.close();
  await new Promise((resolve) => server.close(resolve));
});

it.each<[number, string, object]>([
  [200, INDEX, { state: 'listed', referrers: [{ digest: DIGEST, artifactType: 'application/vnd.example' }] }],
  [404, '', { state: 'listed', referrers: [] }],
  [403, '', { state: 'odd', why: expect.stringMatching(/^the tag of referrers returned 403/), isUnanswered: false }],
  [429, '', { state: 'odd', why: expect.stringMatching(/^the tag of referrers returned 429/), isUnanswered: true }],
  [503, '', { state: 'odd', why: expect.stringMatching(/^the tag of referrers returned 503/), isUnanswered: true }],
])('the tag of referrers returns %i', async (status, body, expected) => {
  await serve(status, body);
  expect(await findReferrers(client, 'library/a', DIGEST, { record: () => undefined })).toEqual(expected);
});
