import { header, isPageType } from '../../oci';
import { describePlain, sizeOf } from '../answer-words';
import { smallestBlob } from '../support/blob-of-image';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { UNCACHED_BLOB_HEAD } from '../model/deviation';
import type { NamedImage } from '../pull/named-image';
import { fail, knownDeviation, pass, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 * A 404 is a known deviation of a proxy cache: Harbor looks for the blob in its storage alone
 * (docs/harbor-behavior.md 10.8). One with the type of a page is not Harbor's.
 */
export const check: ProjectCheck = {
  id: 'B4',
  title: 'HEAD finds a cached blob',
  proves: 'HEAD of a cached blob returns 200 with its size.',
  why: 'A mirror in front of Harbor, and tools that check before they copy, treat 404 as missing (goharbor/harbor#22609).',
  limits: 'Requests only the smallest blob of the image, also if storage serves it.',
  upstreamCost: 'requests that M5 has not made yet',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const blob = await smallestBlob(context, image);
  if (!blob) return skip('no manifest (see M2)');
  const request = { method: 'HEAD', path: `/v2/${image.name}/blobs/${blob.digest}` } as const;
  const answer = await context.puller.followed(request, image.name, context.wire);
  const isPage = isPageType(header(answer, 'content-type'));
  if (answer.status === 404 && context.project.proxy && !isPage)
    return knownDeviation(UNCACHED_BLOB_HEAD, `404: ${blob.digest} is not cached [${answer.requestId}]`);
  if (answer.status !== 200) return fail(`expected 200, got ${describePlain(answer)}`);
  const length = header(answer, 'content-length');
  if (length !== String(blob.sizeBytes))
    return fail(
      `Content-Length is ${length ?? 'missing'} instead of ${blob.sizeBytes}`,
      [],
      [problem('headers-changed', 'Content-Length', length ?? 'missing')],
    );
  return pass(`200, ${sizeOf(blob.sizeBytes)}`);
}
