import { manifestReference } from '../../oci';
import type { PullContext } from '../model/context';
import { fetchManifest, fetchPlatforms, type FetchedManifest, type PlatformResult } from './manifest-reading';
import type { NamedImage } from './named-image';
import { oncePerKey } from '../../once';
import { pullAndWait, waitForTag, type AwaitedPull } from './pull-and-wait';

export interface ResolvedImage {
  readonly top: FetchedManifest;
  readonly platforms: readonly PlatformResult[];
}

/**
 * What the checks of one project share: each image is resolved once and cached once. The requests are part of the first
 * check's report.
 */
export class ImageCache {
  private readonly resolving = new Map<string, Promise<ResolvedImage | { readonly problem: string }>>();
  private readonly pulls = new Map<string, Promise<AwaitedPull>>();
  private readonly withTag = new Map<string, Promise<AwaitedPull>>();

  resolve(context: PullContext, image: NamedImage): Promise<ResolvedImage | { readonly problem: string }> {
    return oncePerKey(this.resolving, image.text, () => resolve(context, image));
  }

  pullAndWait(context: PullContext, image: NamedImage): Promise<AwaitedPull> {
    return oncePerKey(this.pulls, image.text, () => pullAndWait(context, image, context.project.platforms));
  }

  /** Also waits for the tag of an index that was pulled in part: without its upstream, Harbor serves no tag before. */
  pullAndWaitForTag(context: PullContext, image: NamedImage): Promise<AwaitedPull> {
    return oncePerKey(this.withTag, image.text, async () =>
      waitForTag(context, image, await this.pullAndWait(context, image)),
    );
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
