import type { ProjectCheck } from '../model/check';
import { needsUpstream } from '../support/scratch';
import { duringOutage, pullFromCacheAlone } from '../support/upstream-down';
import { perImage } from '../support/per-image';

export const check: ProjectCheck = {
  id: 'S4a',
  title: 'Upstream refuses connections: the cache serves',
  proves: 'With the upstream stopped, and Harbor not yet aware of it, cached images are pulled whole and soon.',
  why: 'This is what a cache is for; it has answered 500 and hung for minutes (goharbor/harbor#14822, #17934).',
  limits: 'A refused connection fails fast; an upstream that swallows packets is another matter.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'outage',
  scope: 'project',
  run: (context) =>
    needsUpstream(context, (upstream) =>
      duringOutage(context, upstream, () => perImage(context, (image) => pullFromCacheAlone(context, image))),
    ),
};
