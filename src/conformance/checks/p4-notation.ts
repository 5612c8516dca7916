import type { ProjectCheck } from '../model/check';
import { lookForReferrers, perSignedImage } from '../support/signatures';

export const check: ProjectCheck = {
  id: 'P4',
  title: 'notation finds signatures',
  proves: 'Every Notary Project signature that the upstream lists as a referrer is listed by Harbor, and comes whole.',
  why: 'notation and Ratify know referrers alone: what is hidden is not signed (goharbor/harbor#21451).',
  limits: 'Finds and fetches what the upstream shows this machine; whose key it is, is for the client to verify.',
  upstreamCost: '2 HEAD and 1 GET by this machine, and 1 GET of each signature that is not cached',
  upstreamPulls: 2,
  versions: 'before 2.16 Harbor hides the referrers of the upstream: a known deviation',
  phase: 'serving',
  scope: 'project',
  run: (context) =>
    perSignedImage(context, (signed) =>
      lookForReferrers(signed, 'notation signature', ({ artifactType }) => artifactType.includes('cncf.notary')),
    ),
};
