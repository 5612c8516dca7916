import type { ProjectCheck } from '../model/check';
import { needsUpstream } from '../support/scratch';
import { duringOutage, pullFromCacheAlone } from '../support/upstream-down';
import { perImage } from '../support/per-image';

/**
 * The upstream is stopped after every image was cached. Harbor falls back to its copy after an error of the upstream
 * (docs/harbor-behavior.md 10.2).
 */
export const check: ProjectCheck = {
  id: 'S4a',
  title: 'Upstream refuses connections: the cache serves',
  proves: 'With the upstream stopped and not yet marked unhealthy, cached images are served completely and quickly.',
  why: 'A cache must work during an outage; Harbor has returned 500 and hung for minutes (goharbor/harbor#14822, #17934).',
  limits: 'Tests refused connections, which fail fast; see S4c for an upstream that drops packets.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'outage',
  scope: 'project',
  run: (context) =>
    needsUpstream(context, (upstream) =>
      duringOutage(context, upstream, () => perImage(context, (image) => pullFromCacheAlone(context, image))),
    ),
};
