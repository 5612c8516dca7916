import type { Descriptor } from '../../oci';
import type { ProjectContext } from '../model/check';
import { isElsewhere } from '../pull/blob-reading';
import type { PlatformImage } from '../pull/manifest-reading';
import type { NamedImage } from '../pull/named-image';

/** The smallest blob; undefined if there is no image. */
export function smallestBlob(context: ProjectContext, image: NamedImage): Promise<Descriptor | undefined> {
  return extremeBlob(context, image, (a, b) => a.sizeBytes - b.sizeBytes);
}

/** The largest blob; undefined if there is no image. */
export function largestBlob(context: ProjectContext, image: NamedImage): Promise<Descriptor | undefined> {
  return extremeBlob(context, image, (a, b) => b.sizeBytes - a.sizeBytes);
}

/** Configs and layers of the required platforms. */
async function extremeBlob(
  context: ProjectContext,
  image: NamedImage,
  order: (a: Descriptor, b: Descriptor) => number,
): Promise<Descriptor | undefined> {
  const resolved = await context.images.resolve(context, image);
  if ('problem' in resolved) return undefined;
  const images = resolved.platforms.filter((result): result is PlatformImage => !('problem' in result));
  const blobs = images.flatMap(({ manifest }) => [manifest.config, ...manifest.layers]);
  return blobs.filter((blob) => !isElsewhere(blob)).sort(order)[0];
}
