import { parseImageName, type ImageName } from '../../../oci/image-name';

/** An image on the host, as `docker image ls --digests` lists it. */
export interface HostImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  /** `sha256:…` */
  readonly id: string;
}

const NONE = '<none>';

/** @param text lines of {@link IMAGES_FORMAT} */
export function parseImages(text: string): readonly HostImage[] {
  return text
    .split('\n')
    .map((line) => line.trim().split('\t'))
    .flatMap(([repository, tag, digest, id]) =>
      repository && tag && digest && id ? [{ repository, tag, digest, id }] : [],
    );
}

export const IMAGES_FORMAT = '{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}';

/**
 * Images of the pinned repositories that no pin names: leftovers of older releases. Images of other repositories are
 * ignored, because they do not belong to Breakwater.
 * @param pins `repository:tag@sha256:…`
 */
export function unusedImages(images: readonly HostImage[], pins: readonly string[]): readonly HostImage[] {
  const pinned = pins.flatMap(parsed);
  const repositories = new Set(pinned.map(wholeName));
  const digests = new Set(pinned.map(({ digest }) => digest));
  const ids = new Set(images.filter(({ digest }) => digests.has(digest)).map(({ id }) => id));
  const isPinned = (repository: string): boolean =>
    parsed(repository).some((name) => repositories.has(wholeName(name)));
  // Without a digest, it was built or loaded here and cannot be pulled again.
  return images.filter(({ repository, digest, id }) => digest !== NONE && !ids.has(id) && isPinned(repository));
}

/** Undefined for a name that is not valid, such as Docker's `<none>`. */
function parsed(text: string): readonly ImageName[] {
  const image = parseImageName(text);
  return 'value' in image ? [image.value] : [];
}

/** The same for `postgres` and `docker.io/library/postgres`. */
function wholeName({ registry, repository }: ImageName): string {
  return `${registry}/${repository}`;
}

/** The argument for `docker image rm`: the digest if no tag names the image. */
export function nameOf({ repository, tag, digest }: HostImage): string {
  return tag === NONE ? `${repository}@${digest}` : `${repository}:${tag}`;
}
