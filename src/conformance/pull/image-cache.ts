import { manifestReference, parseImage, type Image } from '../../oci';
import type { ProjectContext } from '../check';
import { fetchManifest, fetchPlatforms, type FetchedManifest, type PlatformResult } from './manifest-reading';
import { remember } from '../remember';
import { settle, type SettledImage } from './settle';

export interface NamedImage {
  /** As declared: `library/alpine:3.20`. */
  readonly text: string;
  readonly image: Image;
  /** Repository with its project, as in URLs and scopes. */
  readonly name: string;
}

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

  resolve(context: ProjectContext, image: NamedImage): Promise<ResolvedImage | { readonly problem: string }> {
    return remember(this.resolving, image.text, () => resolve(context, image));
  }

  settle(context: ProjectContext, image: NamedImage): Promise<SettledImage> {
    return remember(this.settling, image.text, () => settle(context, image, context.project.platforms));
  }
}

async function resolve(
  { puller, project, wire }: ProjectContext,
  { image, name }: NamedImage,
): Promise<ResolvedImage | { readonly problem: string }> {
  const top = await fetchManifest(puller, name, manifestReference(image), wire);
  if ('problem' in top) return top;
  return { top, platforms: await fetchPlatforms(puller, name, top, project.platforms, wire) };
}

/** @throws TypeError for an image that cannot be read; a declaration that was validated holds none. */
export function namedImage(project: string, text: string): NamedImage {
  const parsed = parseImage(text);
  const whole = parseImage(`${project}/${text}`);
  if ('problem' in whole) throw new TypeError(`project ${project}: ${whole.problem}`);
  if ('problem' in parsed) throw new TypeError(`image "${text}" of project ${project}: ${parsed.problem}`);
  return { text, image: parsed.value, name: `${project}/${parsed.value.repository}` };
}
