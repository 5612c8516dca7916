import { header, sha256Digest, type Descriptor, type PlainAnswer } from '../../oci';
import { describePlain, isPassing } from '../answer-words';
import { smallestBlob } from '../support/blob-of-image';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { error, failOn, pass, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 *      first request   stored in Harbor   verdict
 *      206             -                  both halves must hash to the digest
 *      200             no                 pass: Harbor passes it through without ranges, and clients start again
 *      200             yes                asked once more, now it must be 206
 *      200             not known          error
 */
export const check: ProjectCheck = {
  id: 'B3',
  title: 'A broken download can be resumed',
  proves:
    'The second half of a cached blob is served as 206 with the exact Content-Range, and both halves have the right hash.',
  why: 'Without resume, large layers never arrive over slow links (goharbor/harbor#23600).',
  limits: 'While a blob is not cached Harbor returns all of it with 200, which clients handle: this passes.',
  upstreamCost: '2 GET per small blob that is not cached',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

/**
 * Two requests whose parts are put together again. Only answers with 200, 206 or 416 are about ranges: another status is
 * an outage, which has a cause of its own.
 */
async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const blob = await smallestBlob(context, image);
  if (!blob) return skip('no manifest (see M2)');
  const half = blob.sizeBytes >> 1;
  const asked = await range(context, image, blob, 0, half - 1);
  const stored = asked.status === 200 ? await askStored(context, image, blob) : undefined;
  if (stored && isPassing(stored.status))
    return error(`the whole blob with 200; whether it is cached is not known: ${describePlain(stored)}`);
  if (stored && stored.status !== 200) return pass('the whole blob with 200: not cached yet, so clients start again');
  // The first request may have brought it into the cache.
  const first = asked.status === 200 ? await range(context, image, blob, 0, half - 1) : asked;
  const second = await range(context, image, blob, half, blob.sizeBytes - 1);
  const problems = [
    ...rangeProblems(first, 0, half - 1, blob.sizeBytes),
    ...rangeProblems(second, half, blob.sizeBytes - 1, blob.sizeBytes),
  ];
  const digest = sha256Digest(Buffer.concat([first.body, second.body]));
  if (problems.length === 0 && digest !== blob.digest)
    problems.push(`both halves hash to ${digest}, not to ${blob.digest}`);
  const isAnswered = [first, second].every(({ status }) => status === 200 || status === 206 || status === 416);
  const kinds = problems.length > 0 && isAnswered ? [problem('ranges', blob.digest, `${first.status}`)] : [];
  return failOn(problems, `206 twice, and the halves are ${blob.digest}`, [], kinds);
}

function range(
  { puller, wire }: ProjectContext,
  { name }: NamedImage,
  { digest }: Descriptor,
  start: number,
  end: number,
): Promise<PlainAnswer> {
  const headers = { range: `bytes=${start}-${end}` };
  return puller.followed({ method: 'GET', path: `/v2/${name}/blobs/${digest}`, headers }, name, wire);
}

/** HEAD of a blob is served from the cache alone (docs/harbor-behavior.md 10.8). */
function askStored(
  { puller, wire }: ProjectContext,
  { name }: NamedImage,
  { digest }: Descriptor,
): Promise<PlainAnswer> {
  return puller.followed({ method: 'HEAD', path: `/v2/${name}/blobs/${digest}` }, name, wire);
}

/** The status, the header and the length, each for itself: a proxy may keep the status and send the whole body. */
function rangeProblems(answer: PlainAnswer, start: number, end: number, size: number): string[] {
  if (answer.status !== 206) return [`bytes ${start}-${end}: expected 206, got ${describePlain(answer)}`];
  const wanted = `bytes ${start}-${end}/${size}`;
  const given = header(answer, 'content-range');
  if (given !== wanted) return [`Content-Range is "${given ?? 'missing'}" instead of "${wanted}"`];
  const length = end - start + 1;
  return answer.body.length === length ? [] : [`${answer.body.length} instead of ${length} bytes were received`];
}
