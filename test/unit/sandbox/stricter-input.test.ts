import { startSandbox, type Sandbox } from '../../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../../src/upstream';
import { call } from './api-client';

let upstream: FixtureUpstream;
const sandboxes = new Map<string, Sandbox>();
const on = (version: string, line: string, body?: unknown) => call(sandboxes.get(version)!, line, body);

beforeAll(async () => {
  upstream = await startFixtureUpstream();
  for (const harborVersion of ['v2.15.2', 'v2.16.0']) {
    sandboxes.set(harborVersion, await startSandbox({ harborVersion, timeScale: 0.01 }));
    await on(harborVersion, 'POST registries', { name: 'up', type: 'docker-registry', url: upstream.url });
    await on(harborVersion, 'POST projects', { project_name: 'cache', registry_id: 1 });
  }
});

afterAll(async () => {
  for (const sandbox of sandboxes.values()) await sandbox.close();
  await upstream.close();
});

const robot = (permissions: unknown) => ({ name: 'r', level: 'system', duration: -1, permissions });
/** Older ones fall over it: an answer without a body. */
const PANIC = [500, undefined];
const OLD_500 = [500, 'internal server error'];

it.each<[line: string, body: unknown, old: unknown[], now: unknown[]]>([
  ['POST robots', robot([null]), PANIC, [400, 'bad request empty permission']],
  [
    'POST robots',
    robot([{ kind: 'system', namespace: '/', access: [null] }]),
    PANIC,
    [400, 'bad request empty access'],
  ],
  [
    'POST projects/library/members',
    { role_id: 1 },
    OLD_500,
    [400, 'at least one of member_user or member_group must be provided'],
  ],
  [
    'PUT configurations',
    { robot_name_prefix: ' ' },
    [200, undefined],
    [400, 'bad request: robot_name_prefix cannot be empty or contain only spaces'],
  ],
  [
    'POST projects/cache/metadatas/',
    { max_upstream_conn: '0' },
    [200, undefined],
    [400, 'invalid value for max_upstream_conn: 0'],
  ],
  [
    'POST projects/cache/metadatas/',
    { proxy_referrer_api: 'T' },
    [400, 'invalid key: proxy_referrer_api'],
    [200, undefined],
  ],
])('%s %j: %j up to 2.15, %j since 2.16', async (line, body, old, now) => {
  for (const [version, expected] of [
    ['v2.15.2', old],
    ['v2.16.0', now],
  ] as const) {
    const { status, message } = await on(version, line, body);
    expect([version, status, message]).toEqual([version, ...expected]);
  }
});

// src/server/v2.0/handler/project_metadata.go of main: an empty kind is none, and stands for doublestar.
it('the kind of a filter may be taken away if its pattern is a doublestar', async () => {
  const filter = { proxy_cache_filter_pattern: 'library/**', proxy_cache_filter_kind: 'doublestar' };
  const put = (kind: string) =>
    on('v2.16.0', 'PUT projects/cache/metadatas/proxy_cache_filter_kind', { proxy_cache_filter_kind: kind });
  expect((await on('v2.16.0', 'PUT projects/cache', { metadata: filter })).status).toBe(200);
  expect((await put('regex')).message).toMatch(/^existing proxy_cache_filter_pattern "library\/\*\*" is invalid/);
  expect((await put('nonsense')).status).toBe(400);
  expect((await put('')).status).toBe(200);
  const gone = await on('v2.16.0', 'DELETE projects/cache/metadatas/proxy_cache_filter_kind');
  expect([gone.status, gone.message]).toEqual([400, expect.stringContaining('please clear the pattern first')]);
});
