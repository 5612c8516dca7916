import type { ProjectCheck } from '../model/check';
import { playRefusal } from '../support/upstream-refusal';
import { needsHealthyUpstream } from '../support/scratch';

export const check: ProjectCheck = {
  id: 'S6',
  title: 'Upstream refuses the login: what is cached is served',
  proves: 'While the upstream answers 401, a cached tag is pulled, and one that is not cached is a plain 404.',
  why: 'A password that expired at the upstream must not stop what runs (goharbor/harbor#23750).',
  limits: 'Harbor says 404 for this as for an image that is not there: who is at fault is told by asking the upstream.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'situation',
  scope: 'project',
  run: (context) =>
    needsHealthyUpstream(context, (upstream) => playRefusal(context, upstream, { mode: '401', cold: [404] })),
};
