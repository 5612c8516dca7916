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

/** Go template for `docker image ls`; `parseImages` reads its output. */
export const IMAGES_FORMAT = '{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}';

/** Images of the pinned repositories that this environment does not use. */
export interface UnusedImages {
  /** Breakwater pulled them: an earlier pin names them, and they have no tag. */
  readonly ours: readonly HostImage[];
  /** Someone else may have pulled, built or loaded them. */
  readonly others: readonly HostImage[];
}

/**
 * Images of other repositories are ignored, because they do not belong to Breakwater. A pull by tag and digest leaves no
 * tag in Docker: where there is one, someone else has set it.
 * @param pins of this environment: `repository:tag@sha256:…`
 * @param earlier every pin of other releases and earlier commits
 */
export function unusedImages(
  images: readonly HostImage[],
  pins: readonly string[],
  earlier: readonly string[],
): UnusedImages {
  const pinned = pins.flatMap(parsed);
  const repositories = new Set(pinned.map(wholeName));
  const digests = new Set(pinned.map(({ digest }) => digest));
  const known = new Set(earlier.flatMap(parsed).map(contentName));
  const used = new Set(images.filter(({ digest }) => digests.has(digest)).map(({ id }) => id));
  const unused = images.filter(
    ({ repository, id }) => !used.has(id) && parsed(repository).some((name) => repositories.has(wholeName(name))),
  );
  const isOurs = ({ repository, tag, digest }: HostImage): boolean =>
    tag === NONE && parsed(`${repository}@${digest}`).some((name) => known.has(contentName(name)));
  return { ours: unused.filter(isOurs), others: unused.filter((image) => !isOurs(image)) };
}

const PIN = /[a-z0-9][\w./:-]*@sha256:[0-9a-f]{64}/g;

/** Every pin in a text, such as the output of `git log -p`. */
export function pinsIn(text: string): readonly string[] {
  return [...new Set(text.match(PIN) ?? [])];
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

function contentName(name: ImageName): string {
  return `${wholeName(name)}@${name.digest}`;
}

/** The argument for `docker image rm`: the tag if there is one, else the digest, else the ID. */
export function nameOf({ repository, tag, digest, id }: HostImage): string {
  if (tag !== NONE) return `${repository}:${tag}`;
  return digest === NONE ? id : `${repository}@${digest}`;
}
