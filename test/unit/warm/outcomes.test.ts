import type { Caching, CachePuller, ProjectTarget } from '../../../src/conformance';
import { isWarm } from '../../../src/app/warm';
import { isDone, renderWarmed, warm } from '../../../src/warm';

const project = { name: 'p', platforms: [], registry: 'hub' } as unknown as ProjectTarget;

it.each<[string, () => Promise<Caching>, string, boolean]>([
  [
    'these credentials may not read it',
    async () => ({ state: 'unknown', why: 'reading artifacts returned 403', hidden: true }),
    'pulled',
    true,
  ],
  [
    'Harbor returned an error',
    async () => ({ state: 'unknown', why: 'the artifact API returned 502' }),
    'unknown',
    false,
  ],
  ['the question failed', async () => Promise.reject(new Error('the connection broke')), 'unknown', false],
])('whether an image was stored is not known because %s', async (_case, untilStored, outcome, done) => {
  const puller = {
    isStored: async () => false,
    limitOf: async () => undefined,
    pull: async () => ({ problems: [], isLimited: false, digest: 'sha256:a', isIndex: false, leaves: [], bytes: 1 }),
    untilStored,
  } as unknown as CachePuller;
  const warmed = await warm({
    harbor: 'https://harbor.test',
    projects: new Map([['p', project]]),
    wishes: [{ project: 'p', image: 'a:1', uses: 1 }],
    before: [],
    timeScale: 1e-6,
    signal: new AbortController().signal,
    puller,
    record: () => undefined,
    on: () => undefined,
  });
  expect(warmed.records.map((record) => [record.outcome, isDone(record)])).toEqual([[outcome, done]]);
  expect(isWarm(warmed)).toBe(done);
  expect(renderWarmed('text', warmed, '0').includes('these credentials')).toBe(done);
});
