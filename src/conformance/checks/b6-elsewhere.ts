import { counted } from '../answer-words';
import { isElsewhere } from '../pull/blob-reading';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import type { PlatformImage } from '../pull/manifest-reading';
import { evidence, failOn, pass, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/** A foreign layer without an https URL cannot be fetched from anywhere. */
export const check: ProjectCheck = {
  id: 'B6',
  title: 'Foreign layers are listed',
  proves: 'A layer that the registry need not have (nondistributable, or with its own URLs) has an https URL.',
  why: 'Harbor never caches such layers: a node without internet access cannot run the image.',
  limits: 'The layers are not fetched.',
  upstreamCost: 'requests that M5 has not made yet',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

/**
 *      layer                                       verdict
 *      ordinary                                    not judged here
 *      foreign, with an https URL                  pass; the hosts are shown, because nodes must reach them
 *      foreign, with http or no URL                fail
 */
async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const resolved = await context.images.resolve(context, image);
  if ('problem' in resolved) return skip('no manifest (see M2)');
  const images = resolved.platforms.filter((result): result is PlatformImage => !('problem' in result));
  const layers = images.flatMap(({ manifest }) => manifest.layers).filter(isElsewhere);
  if (layers.length === 0) return pass('no foreign layers');
  const problems = layers.flatMap(({ digest, urls = [] }) =>
    urls.some((url) => url.startsWith('https://')) ? [] : [`${digest} is not here, and names no https:// URL`],
  );
  const hosts = layers.flatMap(({ urls = [] }) => urls.map((url) => (URL.canParse(url) ? new URL(url).host : url)));
  const kinds = problems.length > 0 ? [problem('image-malformed', 'layers that are not in the registry')] : [];
  const shown = [evidence('hosts', [...new Set(hosts)].join(', '))];
  return failOn(problems, `${counted(layers.length, 'foreign layer')}`, shown, kinds);
}
