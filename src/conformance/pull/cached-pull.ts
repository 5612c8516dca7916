import type { ProjectContext } from '../model/check';
import type { NamedImage } from './named-image';
import type { PulledImage } from './pull';

/** A pull after which the image is cached, or at least not known to be uncached. */
export async function cachedPull(context: ProjectContext, image: NamedImage): Promise<PulledImage | undefined> {
  const { pulled, caching } = await context.images.pullAndWait(context, image);
  const isStored = caching.state !== 'missing' && caching.state !== 'no-room';
  return pulled.problems.length > 0 || !isStored ? undefined : pulled;
}

/** The reason for a skip: S1 and B1 report why. */
export function notCached({ text }: NamedImage): string {
  return `${text} could not be cached (see S1 and B1)`;
}
