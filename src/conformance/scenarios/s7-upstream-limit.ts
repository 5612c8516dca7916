import type { ProjectCheck } from '../model/check';
import { playRefusal } from '../support/upstream-refusal';
import { needsHealthyUpstream } from '../support/scratch';

/** An image that is not cached must be 429, so that clients wait and try again (docs/harbor-behavior.md 10.2). */
export const check: ProjectCheck = {
  id: 'S7',
  title: 'Upstream limits pulls: cached images are served',
  proves:
    'While the upstream returns 429, a cached tag is served, and a tag that is not cached is 429, so that clients wait.',
  why: 'If a rate limit affects cached images, the cache is useless when it is needed (goharbor/harbor#19899).',
  limits: 'Harbor sends no Retry-After header: clients use their own delays.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'situation',
  scope: 'project',
  run: (context) =>
    needsHealthyUpstream(context, (upstream) => playRefusal(context, upstream, { mode: '429', cold: [429] })),
};
