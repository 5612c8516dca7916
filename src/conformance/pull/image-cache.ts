import { manifestReference } from '../../oci';
import type { PullContext } from '../context';
import { fetchManifest, fetchPlatforms, type FetchedManifest, type PlatformResult } from './manifest-reading';
import type { NamedImage } from './named-image';
import { remember } from '../remember';
import { settle, type SettledImage } from './settle';

export interface ResolvedImage {
  readonly top: FetchedManifest;
  readonly platforms: readonly PlatformResult[];
}

/**
 * What the checks of one project know together: each image is resolved once and brought into the cache once.
 * The requests stand in the report of the check that came first.
 */
export class ImageCache {
  private readonly resolving = new Map<string, Promise<ResolvedImage | { readonly problem: string }>>();
  private readonly settling = new Map<string, Promise<SettledImage>>();

  resolve(context: PullContext, image: NamedImage): Promise<ResolvedImage | { readonly problem: string }> {
    return remember(this.resolving, image.text, () => resolve(context, image));
  }

  settle(context: PullContext, image: NamedImage): Promise<SettledImage> {
    return remember(this.settling, image.text, () => settle(context, image, context.project.platforms));
  }
}

async function resolve(
  { puller, project, wire }: PullContext,
  { image, name }: NamedImage,
): Promise<ResolvedImage | { readonly problem: string }> {
  const top = await fetchManifest(puller, name, manifestReference(image), wire);
  if ('problem' in top) return top;
  return { top, platforms: await fetchPlatforms(puller, name, top, project.platforms, wire) };
}
