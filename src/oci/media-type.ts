/** OCI image specification, image index. */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
/** OCI image specification, image manifest: also of artifacts that are not images. */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** Docker's manifest list: its form of an index. */
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
/** Docker's image manifest version 2, schema 2. */
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

const MANIFEST_TYPES: readonly string[] = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST];

/**
 * The Accept value that a client must send to get a cached image: Harbor honors Accept only for cached images, so a
 * wildcard works for the first pull and returns 404 MANIFEST_UNKNOWN for the second.
 */
export const ACCEPT_MANIFEST = MANIFEST_TYPES.join(', ');

/** Of an image or an index. Parameters must be removed before, see `bareMediaType`. */
export function isManifestType(mediaType: string): boolean {
  return MANIFEST_TYPES.includes(mediaType);
}

/** What follows a manifest of this type are manifests again, not layers. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_LIST;
}

const PAGE_TYPES: readonly string[] = ['text/html', 'application/xhtml+xml'];

/** A web page, which no registry sends: a proxy, a firewall or a portal responded. Parameters do not matter. */
export function isPageType(contentType: string | undefined): boolean {
  return PAGE_TYPES.includes(bareMediaType(contentType));
}

/** A Content-Type without parameters, which a registry should not send and a client must tolerate. */
export function bareMediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
}
