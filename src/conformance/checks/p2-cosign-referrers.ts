import type { ProjectCheck } from '../model/check';
import { lookForReferrers, perSignedImage } from '../support/signatures';

export const check: ProjectCheck = {
  id: 'P2',
  title: 'cosign finds signatures by referrers',
  proves: 'Every cosign signature that the upstream lists as a referrer is listed by Harbor, and comes whole.',
  why: 'A signature that is hidden looks like none: pods are refused (sigstore/policy-controller#1830).',
  limits: 'Finds and fetches what the upstream shows this machine; whose key it is, is for the client to verify.',
  upstreamCost: '2 HEAD and 1 GET by this machine, and 1 GET of each signature that is not cached',
  upstreamPulls: 2,
  versions: 'before 2.16 Harbor hides the referrers of the upstream: a known deviation',
  phase: 'serving',
  scope: 'project',
  run: (context) =>
    perSignedImage(context, (signed) =>
      lookForReferrers(signed, 'cosign signature', ({ artifactType }) => artifactType.includes('dev.cosign')),
    ),
};
