import { manifestReference, MAX_MANIFEST_BYTES } from '../../oci';
import { sizeOf } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { evidence, fail, pass, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/** containerd reads at most 4 MiB of a manifest. HEAD announces the size, and GET shows the real one. */
export const check: ProjectCheck = {
  id: 'M12',
  title: 'Manifests are small enough for every client',
  proves: 'The manifest of the tag and of each required platform has at most 4 MiB.',
  why: 'containerd and oras refuse larger ones, but only after the download.',
  limits: 'Checks only the declared images; other tags may be larger.',
  upstreamCost: 'requests that M2 and M5 have not made yet',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

/**
 * HEAD decides first, because it costs nothing: a manifest that is announced as too large is not downloaded. A body
 * that is longer than announced is stopped by the limit of the reader.
 */
async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const head = await context.puller.manifest('HEAD', image.name, manifestReference(image.image), context.wire);
  const claimed = head.contentLength ?? 0;
  const tooLarge = [problem('image-malformed', 'its manifest, which is too large')];
  if (claimed > MAX_MANIFEST_BYTES)
    return fail(`${sizeOf(claimed)}, containerd accepts at most ${sizeOf(MAX_MANIFEST_BYTES)}`, [], tooLarge);
  const resolved = await context.images.resolve(context, image);
  if ('problem' in resolved) {
    const isTooLong = resolved.problem.includes('NETWORK_BODY_LIMIT') || resolved.problem.includes('longer than');
    return isTooLong ? fail(resolved.problem, [], tooLarge) : skip('no manifest to measure (see M2)');
  }
  return pass('within 4 MiB', [evidence('size', sizeOf(resolved.top.answer.body.length))]);
}
