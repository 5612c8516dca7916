import type { ProjectCheck } from '../model/check';
import { lookForReferrers, perSignedImage } from '../support/signatures';

/** Recognized by `cncf.notary` in the artifact type. */
export const check: ProjectCheck = {
  id: 'P4',
  title: 'notation finds signatures',
  proves:
    'Harbor lists every Notary Project signature that the upstream lists as a referrer, and serves it completely.',
  why: 'notation and Ratify use only referrers: without them an image counts as unsigned (goharbor/harbor#21451).',
  limits: "Fetches the signatures that this machine sees at the upstream; it does not verify the signer's key.",
  upstreamCost: '2 HEAD and 1 GET by this machine, and 1 GET per signature that is not cached',
  upstreamPulls: 2,
  versions: 'before 2.16 Harbor hides the referrers of the upstream: a known deviation',
  phase: 'serving',
  scope: 'project',
  run: (context) =>
    perSignedImage(context, (signed) =>
      lookForReferrers(signed, 'notation signature', ({ artifactType }) => artifactType.includes('cncf.notary')),
    ),
};
