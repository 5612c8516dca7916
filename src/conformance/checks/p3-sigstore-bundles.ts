import type { ProjectCheck } from '../model/check';
import { lookForReferrers, perSignedImage } from '../support/signatures';

/** Recognized by `dev.sigstore.bundle` in the artifact type. */
export const check: ProjectCheck = {
  id: 'P3',
  title: 'cosign finds Sigstore bundles',
  proves: 'Harbor lists every Sigstore bundle that the upstream lists as a referrer, and serves it completely.',
  why: 'cosign 3 and GitHub attestations use bundles; without them policies refuse pods (kyverno/policies#1224).',
  limits: "Fetches the signatures that this machine sees at the upstream; it does not verify the signer's key.",
  upstreamCost: '2 HEAD and 1 GET by this machine, and 1 GET per signature that is not cached',
  upstreamPulls: 2,
  versions: 'before 2.16 Harbor hides the referrers of the upstream: a known deviation',
  phase: 'serving',
  scope: 'project',
  run: (context) =>
    perSignedImage(context, (signed) =>
      lookForReferrers(signed, 'Sigstore bundle', ({ artifactType }) => artifactType.includes('dev.sigstore.bundle')),
    ),
};
