import type { ProjectCheck } from '../model/check';
import { playRefusal } from '../support/upstream-refusal';
import { needsHealthyUpstream } from '../support/scratch';

export const check: ProjectCheck = {
  id: 'S7',
  title: 'Upstream limits pulls: cached images are served',
  proves:
    'While the upstream answers 429, a cached tag is pulled, and one that is not cached is 429, so that clients wait.',
  why: 'A rate limit that reaches what is cached makes the cache useless when it is needed (goharbor/harbor#19899).',
  limits: 'Harbor sends no Retry-After of its own: clients wait by their own rules.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'situation',
  scope: 'project',
  run: (context) =>
    needsHealthyUpstream(context, (upstream) => playRefusal(context, upstream, { mode: '429', cold: [429] })),
};
