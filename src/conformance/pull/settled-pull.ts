import type { ProjectContext } from '../check';
import type { NamedImage } from './named-image';
import type { PulledImage } from './pull';

/** The pull after which the image is known, or at least not known not, to be cached. */
export async function settledPull(context: ProjectContext, image: NamedImage): Promise<PulledImage | undefined> {
  const { pulled, caching } = await context.images.settle(context, image);
  const isStored = caching.state !== 'missing' && caching.state !== 'no-room';
  return pulled.problems.length > 0 || !isStored ? undefined : pulled;
}

export function notSettled({ text }: NamedImage): string {
  return `${text} could not be brought into the cache; S1 and B1 tell more`;
}
