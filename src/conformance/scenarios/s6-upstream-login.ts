import type { ProjectCheck } from '../model/check';
import { playRefusal } from '../support/upstream-refusal';
import { needsHealthyUpstream } from '../support/scratch';

/** An image that is not cached is 404, because Harbor hides the refused login. */
export const check: ProjectCheck = {
  id: 'S6',
  title: 'Upstream refuses the login: cached images are served',
  proves: 'While the upstream returns 401, a cached tag is served, and a tag that is not cached is 404.',
  why: 'An expired password at the upstream must not stop workloads that run (goharbor/harbor#23750).',
  limits: 'Harbor returns the same 404 as for a missing image; only a request to the upstream shows the cause.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'situation',
  scope: 'project',
  run: (context) =>
    needsHealthyUpstream(context, (upstream) => playRefusal(context, upstream, { mode: '401', cold: [404] })),
};
