/** How one kind of client pulls, as captured on the wire or read in its source (docs/guides/conformance.md). */
export interface Persona {
  readonly name: string;
  /** Accept of the request for a tag, in the client's order. */
  readonly accept: readonly string[];
  /** Begins with `GET /v2/`. */
  readonly pings: boolean;
  /** `GET` never asks for the digest first, and is counted as a pull by upstreams that count. */
  readonly byTag: 'HEAD' | 'GET';
  /** Accept of the request by digest: the tag's list again, or the type that was learnt and a wildcard. */
  readonly byDigest: 'same' | 'own type';
  /** `POST` is tried first and GET after a refusal. */
  readonly token: 'GET' | 'POST';
  /** Sent with every request for a manifest. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_SIGNED = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
export const DOCKER_V1 = 'application/vnd.docker.distribution.manifest.v1+json';
