import type { OriginFinding } from '../../support/ask-origin';
import { isProblem, type Rule } from '../rule';
import { answering, evidenceOf, isFetch, upstreamName } from './upstream';

const isSchema1 = (origin: OriginFinding | undefined): boolean =>
  origin?.state === 'answers' &&
  (origin.contentType ?? '').startsWith('application/vnd.docker.distribution.manifest.v1+');

/** The upstream answers 200 to this machine, without a manifest that clients can use. The first that fits. */
export const UPSTREAM_CONTENT: readonly Rule[] = [
  {
    kind: 'image-schema1',
    rank: 'proof',
    party: 'upstream',
    seen: answering((status, { origin }) => status === 200 && isSchema1(origin)),
    say: ({ result }, findings) => ({
      words: `${upstreamName(findings)} has ${result.image ?? 'the image'} only in the old format (schema 1), which clients refuse`,
      whatToDo: 'ask the publisher to push it again, or declare another image under conformance.pull',
    }),
  },
  {
    kind: 'upstream-page',
    rank: 'outage',
    party: 'upstream',
    seen: answering(
      (status, { origin }) =>
        status === 200 &&
        origin?.state === 'answers' &&
        !origin.isManifest &&
        origin.isPage !== false &&
        !origin.isBroken,
    ),
    say: (_failure, findings) => ({
      words: `${upstreamName(findings)} returns a page instead of the image`,
      whatToDo: 'check the URL of the registry, and for a login page or a captive portal in front of the upstream',
    }),
  },
  {
    kind: 'upstream-not-a-manifest',
    rank: 'outage',
    party: 'upstream',
    seen: (failure, { origin, ...others }) => {
      const isAbout = isFetch(failure) || isProblem(failure, 'headers-changed');
      const isWrong = origin?.state === 'answers' && origin.status === 200 && !origin.isManifest;
      return isAbout && isWrong ? evidenceOf({ origin, ...others }) : undefined;
    },
    say: (_failure, findings) => ({
      words: `${upstreamName(findings)} answers 200 without a valid image manifest`,
      whatToDo:
        'it does so for this machine as well: report it there, and check for a proxy in front of the upstream that rewrites responses',
    }),
  },
];
