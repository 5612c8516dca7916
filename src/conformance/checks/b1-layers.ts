import { counted, sizeOf } from '../answer-words';
import { isElsewhere, readBlob } from '../pull/blob-reading';
import { mapBounded } from '../../map-bounded';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import type { PlatformImage } from '../pull/manifest-reading';
import { evidence, failOn, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';

/**
 * Every layer of every required platform is read to its end and hashed. This is the check that costs the most traffic.
 * Foreign layers are left to B6.
 */
export const check: ProjectCheck = {
  id: 'B1',
  title: 'Every layer has the right bytes',
  proves: 'Each layer of the required platforms is served completely with the size and SHA-256 of its descriptor.',
  why: 'Harbor does not verify content that it passes through, and returns 200 for a truncated blob (goharbor/harbor#23600, #23882).',
  limits: 'Reads what is served now; it cannot tell whether it comes from the cache or the upstream.',
  upstreamCost: '2 GET per layer that is not cached',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

const LAYERS_AT_ONCE = 3;

/**
 * Layers that several platforms share are read once. The image is resolved before (M2, M5), so a missing manifest is a
 * skip: one mistake gets one failure.
 */
async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const resolved = await context.images.resolve(context, image);
  if ('problem' in resolved) return skip('no manifest (see M2)');
  const images = resolved.platforms.filter((result): result is PlatformImage => !('problem' in result));
  if (images.length === 0) return skip('no required platform is available (see M5)');
  const all = images.flatMap(({ manifest }) => manifest.layers);
  const layers = [...new Map(all.map((layer) => [layer.digest, layer])).values()].filter((one) => !isElsewhere(one));
  const readings = await mapBounded(layers, LAYERS_AT_ONCE, (layer) =>
    readBlob(context.puller, image.name, layer, context.wire),
  );
  const bytes = readings.reduce((sum, { answer }) => sum + answer.bytes, 0);
  const redirects = readings.filter(({ answer }) => answer.redirects > 0).length;
  return failOn(
    readings.flatMap(({ problem }) => problem ?? []),
    `${counted(layers.length, 'layer')}, ${sizeOf(bytes)}`,
    [evidence('layers', layers.length), evidence('size', sizeOf(bytes)), evidence('redirected', redirects)],
    readings.flatMap(({ kind }) => kind ?? []),
  );
}
