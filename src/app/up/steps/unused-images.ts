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
 * Images of the pinned repositories that no pin names: what older releases have left. Images of other repositories are
 * not looked at: they belong to somebody else.
 * @param pins `repository:tag@sha256:…`
 */
export function unusedImages(images: readonly HostImage[], pins: readonly string[]): readonly HostImage[] {
  const pinned = pins.map(toPin);
  const repositories = new Set(pinned.map(({ repository }) => repository));
  const digests = new Set(pinned.map(({ digest }) => digest));
  const ids = new Set(images.filter(({ digest }) => digests.has(digest)).map(({ id }) => id));
  // Without a digest it was built or loaded here, and cannot be pulled again.
  return images.filter(
    ({ repository, digest, id }) => repositories.has(shortName(repository)) && digest !== NONE && !ids.has(id),
  );
}

function toPin(pin: string): { readonly repository: string; readonly digest: string } {
  const [name = '', digest = ''] = pin.split('@');
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash);
  return { repository: shortName(colon < 0 ? name : name.slice(0, colon)), digest };
}

/** As Docker lists it: without Docker Hub's own name. */
function shortName(repository: string): string {
  return repository.replace(/^(?:index\.)?docker\.io\/(?:library\/)?/, '');
}

/** What `docker image rm` is given: the digest where no tag names it. */
export function nameOf({ repository, tag, digest }: HostImage): string {
  return tag === NONE ? `${repository}@${digest}` : `${repository}:${tag}`;
}
