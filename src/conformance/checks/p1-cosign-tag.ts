import type { ProjectCheck } from '../model/check';
import { lookForTag, perSignedImage } from '../support/signatures';

/** The oldest way: a tag in the same repository, whose name is made of the digest. */
export const check: ProjectCheck = {
  id: 'P1',
  title: 'cosign finds signatures by tag',
  proves: 'The signature under the tag sha256-….sig, with its payload, is the upstream’s.',
  why: 'cosign before 3.0 and most policy controllers look there (goharbor/harbor#21451).',
  limits: "Fetches the signatures that this machine sees at the upstream; it does not verify the signer's key.",
  upstreamCost: '2 HEAD and 1 GET by this machine, and 1 GET per signature that is not cached',
  upstreamPulls: 2,
  phase: 'serving',
  scope: 'project',
  run: (context) => perSignedImage(context, lookForTag),
};
