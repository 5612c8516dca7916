import type { Evidence } from '../../model/outcome';
import type { Failure, Findings } from '../findings';
import { foundBy, isProblem, type Rule } from '../rule';
import { upstreamName } from './upstream';

/**
 * A wrong blob, and what the upstream serves this machine for it. A connection that broke off here explains no wrong
 * bytes through Harbor.
 */
function wrongBlob(failure: Failure, { originBlob }: Findings, isRight: boolean): Evidence[] | undefined {
  const states = isRight ? ['right'] : isProblem(failure, 'short-bytes') ? ['wrong', 'cut'] : ['wrong'];
  if (!isProblem(failure, 'wrong-bytes', 'short-bytes') || !states.includes(originBlob?.state ?? '')) return undefined;
  return [foundBy(failure), { label: 'the same blob from the upstream', value: isRight ? 'right' : 'wrong, too' }];
}

/** A wrong manifest, and what the upstream serves this machine for it. */
function wrongManifest(failure: Failure, { originManifest }: Findings, isRight: boolean): Evidence[] | undefined {
  const digest = failure.problem?.subject;
  if (!isProblem(failure, 'wrong-manifest', 'digest-differs') || !originManifest || digest === undefined)
    return undefined;
  // Announced by HEAD but not served: a third digest at the upstream does not show which side is wrong.
  const isKnown = isRight || isProblem(failure, 'wrong-manifest');
  if (!isKnown || (originManifest.digest === digest) !== isRight) return undefined;
  return [foundBy(failure), { label: 'the same manifest from the upstream', value: isRight ? 'right' : 'wrong, too' }];
}

/**
 * Wrong bytes, and their source. The same blob or manifest is read from the upstream by this machine:
 *
 *      from the upstream   through Harbor    cause
 *      wrong, too          wrong             the upstream
 *      right               cut               the way between: what Harbor has stored is complete
 *      right               wrong             Harbor's storage
 *      not known           wrong             Harbor or the upstream
 */
export const BYTES: readonly Rule[] = [
  {
    kind: 'upstream-wrong-bytes',
    rank: 'outage',
    party: 'upstream',
    seen: (failure, findings) => wrongBlob(failure, findings, false) ?? wrongManifest(failure, findings, false),
    say: (_failure, findings) => ({
      words:
        findings.originBlob?.state === 'cut'
          ? `${upstreamName(findings)} breaks off in the middle of layers`
          : `${upstreamName(findings)} serves wrong bytes`,
      whatToDo: 'it does so for this machine as well: report it there, and do not pull from it until it is fixed',
    }),
  },
  {
    kind: 'layers-cut',
    rank: 'outage',
    party: 'network',
    // What is stored is whole: Harbor does not take less. What it passes on may break off.
    seen: (failure, findings) => (isProblem(failure, 'short-bytes') ? wrongBlob(failure, findings, true) : undefined),
    say: (_failure, findings) => ({
      words: `layers break off on their way through Harbor; ${upstreamName(findings)} serves them whole to this machine`,
      whatToDo:
        'check the proxy, firewall and timeouts between Harbor and the upstream, and those in front of Harbor; its log has the error',
    }),
  },
  {
    kind: 'wrong-bytes',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, findings) => wrongBlob(failure, findings, true) ?? wrongManifest(failure, findings, true),
    say: ({ problem, result }, findings) => ({
      words: `Harbor serves wrong bytes for a ${problem?.kind.endsWith('-bytes') ? 'blob' : 'manifest'} that ${upstreamName(findings)} serves correctly`,
      whatToDo: `delete ${result.image ?? 'the image'} from Harbor's cache and pull it again; check the disk of the registry storage`,
    }),
  },
  {
    kind: 'damaged-blob',
    rank: 'outage',
    party: 'Harbor or the upstream',
    seen: (failure, { originBlob }) =>
      isProblem(failure, 'wrong-bytes', 'short-bytes') && originBlob === undefined ? [foundBy(failure)] : undefined,
    say: () => ({
      words: 'blobs arrive with wrong bytes',
      whatToDo: "pull the same image from the upstream: if it is correct there, delete it from Harbor's cache",
    }),
  },
  {
    kind: 'stale',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure) => (isProblem(failure, 'stale') ? [foundBy(failure), ...failure.result.evidence] : undefined),
    say: (_failure, findings) => ({
      words: `Harbor serves another image for a tag than ${upstreamName(findings)} does`,
      whatToDo:
        'delete the artifact from the cache and pull again; if the tag moved within the last minutes, run again',
    }),
  },
];
