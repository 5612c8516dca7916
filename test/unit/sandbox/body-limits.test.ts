import { startSandbox, type Sandbox } from '../../../src/sandbox';
import { call } from './api-client';

const LIMIT_BYTES = 4 << 20;
const sandboxes = new Map<string, Sandbox>();

beforeAll(async () => {
  for (const harborVersion of ['v2.15.2', 'v2.16.0'])
    sandboxes.set(harborVersion, await startSandbox({ harborVersion, timeScale: 0.01 }));
});

afterAll(async () => {
  for (const sandbox of sandboxes.values()) await sandbox.close();
});

/** Of so many bytes, and valid JSON. */
const bodyOf = (sizeBytes: number): string => '{}'.padEnd(sizeBytes);

it.each([
  ['v2.15.2', 'projects/library', LIMIT_BYTES + 1, 200, undefined],
  ['v2.16.0', 'projects/library', LIMIT_BYTES, 200, undefined],
  ['v2.16.0', 'projects/library', LIMIT_BYTES + 1, 413, 'request body too large\n'],
  ['v2.16.0', 'configurations', LIMIT_BYTES + 1, 413, 'request body too large\n'],
  ['v2.16.0', 'system/gc/schedule', LIMIT_BYTES + 1, 500, undefined],
])('%s: PUT %s of %i bytes is %i', async (version, path, sizeBytes, status, body) => {
  const answer = await call(sandboxes.get(version)!, `PUT ${path}`, bodyOf(sizeBytes));
  expect([answer.status, answer.body]).toEqual([status, body]);
});

it.each([
  ['v2.15.2', LIMIT_BYTES + 1, 400, 'manifest invalid'],
  ['v2.16.0', LIMIT_BYTES + 1, 413, 'request entity too large'],
])('%s: a manifest of %i bytes is %i', async (version, sizeBytes, status, message) => {
  const sandbox = sandboxes.get(version)!;
  const scope = 'service/token?service=harbor-registry&scope=repository:library/app:pull,push';
  const { body } = await call(sandbox, `GET /${scope}`);
  const answer = await call(sandbox, 'PUT /v2/library/app/manifests/1', bodyOf(sizeBytes), {
    headers: {
      authorization: `Bearer ${(body as { token: string }).token}`,
      'content-type': 'application/vnd.oci.image.manifest.v1+json',
    },
  });
  expect([answer.status, answer.message]).toEqual([status, message]);
});
