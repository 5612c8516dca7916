import { isDigest, isManifestType, manifestReference, type ManifestAnswer } from '../../oci';
import { MISSING_HINT, describeAnswer, sizeOf } from '../answer-words';
import type { ProjectCheck } from '../model/check';
import { evidence, fail, failOn, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/** HEAD is what docker and containerd send first. Its headers decide what they request next. */
export const check: ProjectCheck = {
  id: 'M1',
  title: 'HEAD returns digest, size and type',
  proves: 'HEAD of a manifest returns 200 with a valid digest, a length, and a requested media type.',
  why: 'docker and containerd use it to decide whether and what to pull; an HTML page with 200 stops them.',
  limits: 'Checks only headers; M2 compares them with the bytes.',
  upstreamCost: '2 HEAD per image',
  phase: 'serving',
  scope: 'project',
  run: (context) =>
    perImage(context, async ({ image, name }) =>
      judge(await context.puller.manifest('HEAD', name, manifestReference(image), context.wire)),
    ),
};

/**
 *      status               Content-Type            verdict
 *      404                  any                     fail, with the usual causes: Harbor returns it for all of them
 *      another, not 200     any                     fail
 *      200                  not of a manifest       fail as `not-a-manifest`: something else answered
 *      200                  of a manifest           the other headers decide; every wrong one is listed
 */
function judge(answer: ManifestAnswer): Outcome {
  if (answer.status === 404) return fail(`${describeAnswer(answer)}: ${MISSING_HINT}`);
  if (answer.status !== 200) return fail(`expected 200, got ${describeAnswer(answer)}`);
  const { headerDigest = '', contentLength = 0, contentType, requestId } = answer;
  const problems: string[] = [];
  if (!isManifestType(contentType)) problems.push(`the type is "${contentType}", which no client requested`);
  if (!isDigest(headerDigest)) problems.push(`Docker-Content-Digest is "${headerDigest}"`);
  if (contentLength <= 0) problems.push('no Content-Length');
  if (answer.contentEncoding !== undefined)
    problems.push(`Content-Encoding is ${answer.contentEncoding}, which was not requested`);
  if (answer.body.length > 0) problems.push(`${answer.body.length} bytes of body in a HEAD response`);
  const shown = problems.map((problem) => `${problem} [${requestId}]`);
  const kinds = isManifestType(contentType)
    ? problems.length > 0
      ? [problem('headers-changed', 'HEAD of a manifest', problems.join('; '))]
      : []
    : [problem('not-a-manifest', undefined, contentType)];
  return failOn(shown, `${contentType}, ${sizeOf(contentLength)}`, [evidence('digest', headerDigest || 'none')], kinds);
}
