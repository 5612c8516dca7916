import type { ProjectCheck } from '../model/check';
import { lookForReferrers, perSignedImage } from '../support/signatures';

/**
 * Recognized by `dev.cosign` in the artifact type. Before 2.16 Harbor lists only what it has cached as referrers
 * itself, so a signature that only the upstream has is missing: a known deviation, not a failure.
 */
export const check: ProjectCheck = {
  id: 'P2',
  title: 'cosign finds signatures by referrers',
  proves: 'Harbor lists every cosign signature that the upstream lists as a referrer, and serves it completely.',
  why: 'An image with a hidden signature counts as unsigned, and pods are refused (sigstore/policy-controller#1830).',
  limits: "Fetches the signatures that this machine sees at the upstream; it does not verify the signer's key.",
  upstreamCost: '2 HEAD and 1 GET by this machine, and 1 GET per signature that is not cached',
  upstreamPulls: 2,
  versions: 'before 2.16 Harbor hides the referrers of the upstream: a known deviation',
  phase: 'serving',
  scope: 'project',
  run: (context) =>
    perSignedImage(context, (signed) =>
      lookForReferrers(signed, 'cosign signature', ({ artifactType }) => artifactType.includes('dev.cosign')),
    ),
};
