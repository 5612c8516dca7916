import { manifestReference } from '../../oci';
import type { PullContext } from '../model/context';
import type { AwaitedPull, NamedImage, ResolvedImage, SharedImages } from '../model/pulled';
import { fetchManifest, fetchPlatforms } from './manifest-reading';
import { oncePerKey } from '../../once';
import { pullAndWait, waitForTag } from './pull-and-wait';

/**
 * Holds promises, not results: two checks that ask at the same time share one pull. By the declared text of the image,
 * for one project and one run: what was pulled may be gone in the next.
 */
export class ImageCache implements SharedImages {
  private readonly resolving = new Map<string, Promise<ResolvedImage | { readonly problem: string }>>();
  private readonly pulls = new Map<string, Promise<AwaitedPull>>();
  private readonly withTag = new Map<string, Promise<AwaitedPull>>();

  resolve(context: PullContext, image: NamedImage): Promise<ResolvedImage | { readonly problem: string }> {
    return oncePerKey(this.resolving, image.text, () => resolve(context, image));
  }

  pullAndWait(context: PullContext, image: NamedImage): Promise<AwaitedPull> {
    return oncePerKey(this.pulls, image.text, () => pullAndWait(context, image, context.project.platforms));
  }

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
