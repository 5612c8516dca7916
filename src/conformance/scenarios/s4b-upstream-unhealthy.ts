import type { ProjectCheck, ProjectContext } from '../model/check';
import { readUpstreamStatus } from '../harbor-api';
import { error, fail, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { needsUpstream } from '../support/scratch';
import type { UpstreamControl } from '../model/target';
import { duringOutage, pullFromCacheAlone } from '../support/upstream-down';
import { waitForUpstreamStatus } from '../support/upstream-status';

/**
 * As S4a, but waits until Harbor has marked the registry unhealthy, which takes up to five minutes
 * (docs/harbor-behavior.md 4.4).
 */
export const check: ProjectCheck = {
  id: 'S4b',
  title: 'Upstream marked unhealthy: the cache serves',
  proves: 'Once Harbor has marked the upstream unhealthy it serves the same images without contacting it.',
  why: 'Harbor then takes another code path than in S4a, and may serve a trimmed index (goharbor/harbor#21818).',
  limits: 'Waits twice for the check that Harbor makes every five minutes; therefore only in a deep run.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'outage',
  scope: 'project',
  run: (context) =>
    context.timing.deep
      ? needsUpstream(context, (upstream) => play(context, upstream))
      : Promise.resolve(skip('waits for minutes: only in a deep run')),
};

async function play(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  if ((await readUpstreamStatus(context, context.wire)) === undefined)
    return skip('this identity may not read the status of the registry');
  return duringOutage(context, upstream, async () => {
    if (await waitForUpstreamStatus(context, 'unhealthy'))
      return perImage(context, (image) => pullFromCacheAlone(context, image));
    return (await readUpstreamStatus(context, context.wire)) === undefined
      ? error('whether Harbor has noticed that the upstream is down is not known: its registry cannot be read any more')
      : fail('the upstream refuses connections, but Harbor still reports it as healthy after its check was due');
  });
}
