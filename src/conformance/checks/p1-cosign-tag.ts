import type { ProjectCheck } from '../model/check';
import { lookForTag, perSignedImage } from '../support/signatures';

export const check: ProjectCheck = {
  id: 'P1',
  title: 'cosign finds signatures by tag',
  proves: 'The signature under the tag sha256-….sig is the one of the upstream, with its payload.',
  why: 'cosign before 3.0 and most policy controllers look there (goharbor/harbor#21451).',
  limits: 'Finds and fetches what the upstream shows this machine; whose key it is, is for the client to verify.',
  upstreamCost: '2 HEAD and 1 GET by this machine, and 1 GET of each signature that is not cached',
  upstreamPulls: 2,
  phase: 'serving',
  scope: 'project',
  run: (context) => perSignedImage(context, lookForTag),
};
