import { setTimeout as sleep } from 'node:timers/promises';
import type { ProjectCheck, ProjectContext } from '../check';
import { readUpstreamStatus } from '../harbor-api';
import { fail, skip, type Outcome } from '../outcome';
import { perImage } from '../per-image';
import { needsUpstream } from '../scratch';
import type { UpstreamControl } from '../target';
import { duringOutage, pullFromCacheAlone } from '../upstream-down';

export const check: ProjectCheck = {
  id: 'S4b',
  title: 'Upstream known to be down: the cache serves',
  proves: 'Once Harbor has marked the upstream unhealthy it no longer asks it, and serves the same images.',
  why: 'Harbor then serves another way than in S4a, and may serve an index that it has cut (goharbor/harbor#21818).',
  limits: 'Waits for the check that Harbor makes every five minutes, twice; therefore only in a deep run.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'outage',
  scope: 'project',
  run: (context) =>
    context.timing.deep
      ? needsUpstream(context, (upstream) => play(context, upstream))
      : Promise.resolve(skip('waits for minutes: only in a deep run')),
};

/** Harbor looks every five minutes. */
const NOTICED_WITHIN_MS = 330_000;
const EVERY_MS = 5_000;
const MIN_DEADLINE_MS = 2_000;
const MIN_EVERY_MS = 100;

async function play(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  if ((await readUpstreamStatus(context, context.wire)) === undefined)
    return skip('this identity may not read what Harbor believes of the upstream');
  try {
    return await duringOutage(context, upstream, async () =>
      (await waitForStatus(context, 'unhealthy'))
        ? perImage(context, (image) => pullFromCacheAlone(context, image))
        : fail('the upstream refuses connections, and Harbor still calls it healthy after its own check was due'),
    );
  } finally {
    // Whatever runs next needs an upstream that Harbor asks again.
    if (!context.signal.aborted) await waitForStatus(context, 'healthy');
  }
}

async function waitForStatus(context: ProjectContext, wanted: string): Promise<boolean> {
  const { timing, signal, wire } = context;
  const deadlineMs = Math.max(NOTICED_WITHIN_MS * timing.timeScale, MIN_DEADLINE_MS);
  const startedAt = performance.now();
  context.waiting(`until Harbor calls the upstream ${wanted}, at most ${Math.round(deadlineMs / 1000)} s`);
  // Dozens of equal polls would bury the requests that matter.
  const quiet = { ...wire, record: () => undefined };
  while ((await readUpstreamStatus(context, quiet)) !== wanted) {
    if (performance.now() - startedAt > deadlineMs) return false;
    await sleep(Math.max(EVERY_MS * timing.timeScale, MIN_EVERY_MS), undefined, { signal });
  }
  return true;
}
