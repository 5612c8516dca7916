/** How one kind of client pulls, as captured on the wire or read from its source (docs/guides/conformance.md). */
export interface Persona {
  readonly name: string;
  /** As a current version sends it: firewalls judge clients by it. */
  readonly userAgent: string;
  /** Accept of the request for a tag, in the client's order. */
  readonly accept: readonly string[];
  /** Begins with `GET /v2/`. */
  readonly pings: boolean;
  /** `GET` never requests the digest first, and upstreams count it as a pull. */
  readonly byTag: 'HEAD' | 'GET';
  /** Accept of the request by digest: the list for tags again, or the known type and a wildcard. */
  readonly byDigest: 'same' | 'own type';
  /** `POST` is tried first, and GET after a refusal. */
  readonly token: 'GET' | 'POST';
  /** Sent with every request for a manifest. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Media types as clients write them in Accept. */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_SIGNED = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
export const DOCKER_V1 = 'application/vnd.docker.distribution.manifest.v1+json';
