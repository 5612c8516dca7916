import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../../../src/sandbox';
import { ACCEPT, ADMIN } from './registry-harness';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = '{"architecture":"amd64","os":"linux"}';

function sha256(text: string): string {
  return 'sha256:' + createHash('sha256').update(text).digest('hex');
}

const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: MANIFEST_TYPE,
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: sha256(CONFIG), size: CONFIG.length },
  layers: [],
});

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sandbox-data-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

function request(sandbox: Sandbox, method: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: ADMIN, accept: ACCEPT, ...(init.headers as Record<string, string>) };
  return fetch(new URL(path, sandbox.url), { ...init, method, headers });
}

async function push(sandbox: Sandbox): Promise<void> {
  const upload = await request(sandbox, 'POST', '/v2/library/app/blobs/uploads/');
  const location = upload.headers.get('location') ?? '';
  await request(sandbox, 'PUT', `${location}&digest=${sha256(CONFIG)}`, { body: CONFIG });
  const headers = { 'content-type': MANIFEST_TYPE };
  const answer = await request(sandbox, 'PUT', '/v2/library/app/manifests/1', { body: MANIFEST, headers });
  expect(answer.status).toBe(201);
}

it('keeps images over a restart when it was given a folder', async () => {
  const first = await startSandbox({ dataDir });
  await push(first);
  await request(first, 'POST', '/v2/library/app/blobs/uploads/');
  await first.close();

  const second = await startSandbox({ dataDir });
  const manifest = await request(second, 'GET', '/v2/library/app/manifests/1');
  expect(await manifest.text()).toBe(MANIFEST);
  expect(await (await request(second, 'GET', `/v2/library/app/blobs/${sha256(CONFIG)}`)).text()).toBe(CONFIG);
  const summary = (await (await request(second, 'GET', '/api/v2.0/projects/library/summary')).json()) as object;
  expect(summary).toMatchObject({ repo_count: 1, quota: { used: { storage: CONFIG.length + MANIFEST.length } } });
  await second.close();
});

it('keeps nothing without one', async () => {
  const first = await startSandbox();
  await push(first);
  await first.close();
  const second = await startSandbox();
  expect((await request(second, 'GET', '/v2/library/app/manifests/1')).status).toBe(404);
  await second.close();
});
