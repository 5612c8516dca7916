import { isManifestType, manifestReference, readManifest, type ManifestAnswer } from '../../oci';
import { describeAnswer, sizeOf } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { evidence, fail, failOn, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 * Tried twice if the digests differ: a tag may move between HEAD and GET.
 *
 *      HEAD /v2/P/R/manifests/TAG     not 200       skip, M1 is about it
 *      GET  the same                  not 200       fail: HEAD promised it
 *                                     cut off       fail
 *                                     other digest  once more from the start; then fail
 *                                     other headers fail
 *      neither                                      pass
 */
export const check: ProjectCheck = {
  id: 'M2',
  title: 'GET returns the bytes that HEAD announced',
  proves: 'The manifest matches the digest of HEAD, and its length and media type match the headers.',
  why: 'A poisoned or broken cache serves wrong bytes under the right name.',
  limits: 'If a tag moves between the two requests, it is requested once more; a tag that moves twice fails.',
  upstreamCost: '2 HEAD and 1 GET per image that is not cached',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image, 2)),
};

async function look(context: ProjectContext, named: NamedImage, tries: number): Promise<Outcome> {
  const { puller, wire } = context;
  const reference = manifestReference(named.image);
  const head = await puller.manifest('HEAD', named.name, reference, wire);
  if (head.status !== 200) return skip('HEAD did not return 200 (see M1)');
  const get = await puller.manifest('GET', named.name, reference, wire);
  if (get.status !== 200) return fail(`GET returned ${describeAnswer(get)}, HEAD 200`);
  const announced = head.headerDigest ?? '';
  if (get.broken)
    return fail(
      `the body broke off after ${get.body.length} bytes [${get.requestId}]`,
      [],
      [problem('wrong-manifest', announced, `${get.body.length} bytes`)],
    );
  if (get.digest !== head.headerDigest && tries > 1) return look(context, named, tries - 1);
  const found = wrongIn(head, get);
  const shown = found.map((wrong) => `${wrong} [${get.requestId}]`);
  // Nothing announced is not another digest.
  const isOther = get.digest !== announced && announced !== '';
  const kind = isOther
    ? problem('digest-differs', announced, get.digest)
    : isManifestType(get.contentType)
      ? problem('headers-changed', 'GET of a manifest', found.join('; '))
      : problem('not-a-manifest', undefined, get.contentType);
  const kinds = found.length > 0 ? [kind] : [];
  return failOn(shown, `${sizeOf(get.body.length)} as announced`, [evidence('digest', get.digest ?? 'none')], kinds);
}

/**
 * Headers that HEAD or GET sent are compared with the bytes. A header that is absent is no finding here: M1 requires
 * it.
 */
function wrongIn(head: ManifestAnswer, get: ManifestAnswer): string[] {
  const found: string[] = [];
  const manifest = readManifest(get);
  if ('problem' in manifest) found.push(manifest.problem);
  else if (manifest.mediaType !== get.contentType)
    found.push(`Content-Type is ${get.contentType}, the manifest says ${manifest.mediaType}`);
  if (get.contentEncoding !== undefined)
    found.push(`Content-Encoding is ${get.contentEncoding}, which was not requested`);
  if (get.digest !== head.headerDigest)
    found.push(`the bytes hash to ${get.digest}, HEAD announced ${head.headerDigest ?? 'nothing'}`);
  // Harbor leaves it empty for a proxied GET by tag: only a wrong one is a finding.
  if (get.headerDigest !== undefined && get.headerDigest !== get.digest)
    found.push(`Docker-Content-Digest is ${get.headerDigest}, the bytes hash to ${get.digest}`);
  if (get.contentLength !== undefined && get.contentLength !== get.body.length)
    found.push(`Content-Length is ${get.contentLength}, ${get.body.length} bytes were received`);
  return found;
}
