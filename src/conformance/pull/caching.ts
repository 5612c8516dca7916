import { setTimeout as sleep } from 'node:timers/promises';
import { manifestReference, type RequestRecord } from '../../oci';
import type { PullContext } from '../model/context';
import { readArtifact, readQuota, type Artifact, type ArtifactAnswer } from '../harbor-api';
import type { Caching, NamedImage, PulledImage } from '../model/pulled';

export type { Caching };

/**
 * Harbor caches proxied content later and asynchronously: an image after 20 s at the earliest, an index after 40 to 420
 * s, a tag that was only requested with HEAD within 600 s. Clients get no notification, so the API is polled.
 */
const DEADLINE_MS = 600_000;
const EVERY_MS = 5_000;
/** After this time Harbor fetches content that is still missing by itself, once for each pull. */
export const FETCHES_ITSELF_AFTER_MS = 200_000;
/**
 * Harbor downloads cached content a second time. That takes real time, regardless of scaled waits, and is estimated
 * from the pull: a multiple of its duration, because other pulls may delay it.
 */
const FETCHED_WITHIN_PULLS = 10;
/** Shorter scaled waits are negligible compared with the requests themselves. */
const MIN_DEADLINE_MS = 2_000;
const MIN_EVERY_MS = 100;
/** A minute: what a proxy in front refuses for so long it will refuse in ten minutes, too. */
const MOST_ODD_POLLS = 12;
/** A sandbox on a busy machine answers late, and its waits are short: it also gets a number of polls. */
const LEAST_SCALED_POLLS = 60;

/**
 * Polls Harbor's API until the pulled images are stored (docs/harbor-behavior.md 10.6).
 *
 *      each poll                              result
 *      every image is stored, and the tag     cached
 *      this identity may not read artifacts   unknown
 *      larger than what the quota has left    no-room, without a wait
 *      a page, 403 of a proxy, for a minute   unknown
 *      the deadline is over                   missing; unknown if the last response was not Harbor's
 *      otherwise                              wait and poll again
 *
 * An index is stored under another digest: it counts if it contains the pulled images.
 *
 * @throws the reason of the signal, if the run is stopped
 */
export async function waitUntilCached(context: PullContext, named: NamedImage, pulled: PulledImage): Promise<Caching> {
  const { timeScale } = context.timing;
  const deadlineMs = Math.max(DEADLINE_MS * timeScale, MIN_DEADLINE_MS) + FETCHED_WITHIN_PULLS * pulled.durationMs;
  const startedAt = performance.now();
  const room = await readRoom(context, pulled);
  context.waiting(`until ${named.text} is cached, at most ${Math.round(deadlineMs / 1000)} s`);
  const polls = lastRecords(context);
  let odd = 0;
  try {
    for (let polled = 1; ; polled += 1) {
      const answer = await readWhatIsMissing(context, named, pulled, polls.record);
      const waitedMs = Math.round(performance.now() - startedAt);
      if (answer.done) return { state: 'cached', afterMs: waitedMs };
      if (answer.hidden !== undefined) return { state: 'unknown', why: answer.hidden, hidden: true };
      odd = answer.isLasting ? odd + 1 : 0;
      if (answer.odd !== undefined && odd >= MOST_ODD_POLLS) return { state: 'unknown', why: answer.odd };
      if (room) return room;
      const isOver = waitedMs >= deadlineMs && (timeScale >= 1 || polled >= LEAST_SCALED_POLLS);
      if (isOver && answer.odd !== undefined) return { state: 'unknown', why: answer.odd };
      if (isOver) return { state: 'missing', waitedMs, what: answer.what };
      const everyMs = Math.max(EVERY_MS * timeScale, MIN_EVERY_MS);
      const pauseMs = waitedMs < deadlineMs ? Math.min(everyMs, deadlineMs - waitedMs) : everyMs;
      await sleep(pauseMs, undefined, { signal: context.signal });
    }
  } finally {
    polls.hand();
  }
}

/** Undefined if the image fits, or if this identity may not read the quota. One GET instead of ten minutes. */
async function readRoom(context: PullContext, { bytes }: PulledImage): Promise<Caching | undefined> {
  const quota = await readQuota(context, context.wire);
  if (!quota || quota.hardBytes < 0) return undefined;
  const leftBytes = Math.max(0, quota.hardBytes - quota.usedBytes);
  return bytes > leftBytes
    ? { state: 'no-room', neededBytes: bytes, leftBytes, limitBytes: quota.hardBytes }
    : undefined;
}

/** Whether the tag (or digest) is an artifact with this content now; does not wait. */
export async function isCachedNow(context: PullContext, { image }: NamedImage): Promise<boolean | undefined> {
  const answer = await readArtifact(context, image.repository, manifestReference(image), context.wire);
  return answer.state === 'present' ? true : answer.state === 'absent' ? false : undefined;
}

interface Missing {
  readonly done: boolean;
  readonly what: string;
  readonly hidden?: string;
  /** Not Harbor's response to this request: repeated, and not a finding. */
  readonly odd?: string;
  /** Not a limit or a failure either, which would end. */
  readonly isLasting?: boolean;
}

async function readWhatIsMissing(
  context: PullContext,
  { image }: NamedImage,
  pulled: PulledImage,
  record: (record: RequestRecord) => void,
): Promise<Missing> {
  const wire = { ...context.wire, record };
  const read = (reference: string): Promise<ArtifactAnswer> => readArtifact(context, image.repository, reference, wire);
  // An index pulled by digest is stored under another one: only its images can be found. If only some platforms were
  // pulled, it is stored after seven minutes, when Harbor stops waiting for the others.
  const isNamed = image.digest === undefined && pulled.isWhole;
  const byName = isNamed ? [manifestReference(image)] : [];
  for (const reference of [...pulled.leaves, ...byName]) {
    const answer = await read(reference);
    if (answer.state === 'hidden') return { done: false, what: reference, hidden: answer.why };
    if (answer.state === 'odd') return { done: false, what: reference, odd: answer.why, isLasting: !answer.isPassing };
    if (answer.state === 'absent') return { done: false, what: reference };
    if (!holds(answer.artifact, pulled, reference)) return { done: false, what: `${reference} (still the old one)` };
  }
  return { done: true, what: '' };
}

/** The stored index has another digest than the pulled one, but must contain the same images. */
function holds(artifact: Artifact, pulled: PulledImage, reference: string): boolean {
  if (reference.startsWith('sha256:') || artifact.digest === pulled.digest) return true;
  return pulled.isIndex && pulled.leaves.every((leaf) => artifact.children.includes(leaf));
}

/** Hundreds of equal polls add nothing: the report contains the last one of each kind. */
function lastRecords({ wire }: PullContext): { record: (record: RequestRecord) => void; hand: () => void } {
  const last = new Map<string, RequestRecord>();
  return {
    record: (record) => void last.set(record.url, record),
    hand: () => last.forEach((record) => wire.record(record)),
  };
}
