import { ACCEPT_MANIFEST, isDigest, isIndexType, manifestReference, type PlainAnswer } from '../../oci';
import { describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { PlatformImage } from '../pull/manifest-reading';
import type { NamedImage } from '../pull/named-image';
import { fail, pass, skip, type Outcome } from '../model/outcome';
import { isPassedThrough } from '../support/passed-through';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 *      by digest, If-None-Match      verdict
 *      304                           pass
 *      200, passed through           skip: not cached yet; for an index one of its images is tried
 *      200, from Harbor's storage    fail
 *
 * Harbor's storage sends its API version in a header, and what is passed through has none.
 */
export const check: ProjectCheck = {
  id: 'M8',
  title: 'Unchanged manifests are not sent again',
  proves: 'A GET by digest with If-None-Match returns 304 once the image is cached.',
  why: 'Otherwise clients and proxies that revalidate fetch every manifest again.',
  limits:
    'Harbor returns 200 for an image that is not cached yet, which is skipped, and for every index, of which one image is tried.',
  upstreamCost: '1 HEAD per image, 1 GET per manifest that is not cached',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

async function look(context: ProjectContext, named: NamedImage): Promise<Outcome> {
  const head = await context.puller.manifest('HEAD', named.name, manifestReference(named.image), context.wire);
  const digest = head.headerDigest ?? '';
  if (head.status !== 200 || !isDigest(digest)) return skip('no digest to request (see M1)');
  const answer = await revalidate(context, named, digest);
  if (!isPassedThrough(answer) || !isIndexType(head.contentType)) return judge(answer, '304');
  // Harbor caches an index separately and does not revalidate it: the images are what it has stored.
  const child = await firstPlatform(context, named);
  if (!child) return skip('no manifest (see M2)');
  // For an image that is not cached, GET would be one more counted pull.
  const stored = await ask(context, named, 'HEAD', child.digest);
  if (isPassedThrough(stored)) return judge(stored, '');
  return judge(await revalidate(context, named, child.digest), `304 for the image of ${child.platform}`);
}

function revalidate(context: ProjectContext, image: NamedImage, digest: string): Promise<PlainAnswer> {
  return ask(context, image, 'GET', digest, { 'if-none-match': `"${digest}"` });
}

function ask(
  { puller, wire }: ProjectContext,
  { name }: NamedImage,
  method: 'GET' | 'HEAD',
  digest: string,
  more: Readonly<Record<string, string>> = {},
): Promise<PlainAnswer> {
  const path = `/v2/${name}/manifests/${digest}`;
  return puller.authorized({ method, path, headers: { accept: ACCEPT_MANIFEST, ...more } }, name, wire);
}

async function firstPlatform(context: ProjectContext, image: NamedImage): Promise<PlatformImage | undefined> {
  const resolved = await context.images.resolve(context, image);
  if ('problem' in resolved) return undefined;
  return resolved.platforms.find((result): result is PlatformImage => !('problem' in result));
}

function judge(answer: PlainAnswer, words: string): Outcome {
  if (answer.status === 304) return pass(words);
  if (answer.status === 404) return skip(`no such digest: ${describePlain(answer)} (see M2)`);
  if (isPassedThrough(answer)) return skip('passed through from the upstream: not cached yet');
  const kinds = answer.status === 200 ? [problem('headers-changed', 'If-None-Match', '200 instead of 304')] : [];
  return fail(`expected 304, got ${describePlain(answer)}`, [], kinds);
}
