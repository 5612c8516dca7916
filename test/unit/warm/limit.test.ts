import type { CachePuller, ProjectTarget, RateLimit } from '../../../src/conformance';
import { warm } from '../../../src/warm';

it('a limit that cannot be read again still reserves pulls for others', async () => {
  const announced: (RateLimit | undefined)[] = [{ limit: 100, remaining: 25, windowS: 21_600 }];
  const puller = {
    isStored: async () => false,
    limitOf: async () => announced.shift(),
    pull: async () => ({ problems: [], isLimited: false, digest: 'sha256:a', isIndex: false, leaves: [], bytes: 1 }),
    untilStored: async () => ({ state: 'cached', afterMs: 1 }),
  } as unknown as CachePuller;
  const project = { name: 'p', platforms: [], registry: 'hub' } as unknown as ProjectTarget;
  const { records, open } = await warm({
    harbor: 'https://harbor.test',
    projects: new Map([['p', project]]),
    wishes: Array.from({ length: 30 }, (_, at) => ({ project: 'p', image: `a:${at}`, uses: 1 })) as never,
    before: [],
    perHour: 1_000_000,
    floor: 10,
    timeScale: 1e-6,
    signal: new AbortController().signal,
    puller,
    record: () => undefined,
    on: () => undefined,
  });
  expect([records.length, open.length]).toEqual([15, 15]);
});
