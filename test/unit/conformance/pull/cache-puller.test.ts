import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openCachePuller } from '../../../../src/conformance';

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** Whether an image counts as stored whose artifact Harbor has, if a HEAD of its tag returns this. */
async function isStored(status: number, digest: string): Promise<boolean | undefined> {
  const server = createServer(({ url = '' }, response) => {
    if (url.startsWith('/api/')) return void response.writeHead(200).end(JSON.stringify({ digest: DIGEST }));
    response.writeHead(status, { 'docker-content-digest': digest }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const project = { name: 'p', public: true, proxy: true, images: [], platforms: [] };
  const harborUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const retry = { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 };
  const { signal } = new AbortController();
  const puller = openCachePuller({ harborUrl, projects: [project] }, { timeScale: 1, signal, retry });
  try {
    return await puller.isStored(project, 'library/a:1');
  } finally {
    await puller.close();
    server.close();
  }
}

it.each<[number, string, boolean | undefined]>([
  [200, DIGEST, true],
  [200, `sha256:${'b'.repeat(64)}`, false],
  [404, DIGEST, undefined],
  [429, DIGEST, undefined],
  [503, DIGEST, undefined],
])('an image whose tag returns %i with %s is stored: %s', async (status, digest, expected) => {
  expect(await isStored(status, digest)).toBe(expected);
});
