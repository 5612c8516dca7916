/** OCI image specification and Docker's older types. The backend registry accepts no others. */
export const MEDIA_TYPE = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  schema1: 'application/vnd.docker.distribution.manifest.v1+json',
  signedSchema1: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
} as const;

/** In the order of Harbor's Accept header for upstreams. */
export const ACCEPTED_MEDIA_TYPES: readonly string[] = [
  MEDIA_TYPE.ociIndex,
  MEDIA_TYPE.dockerList,
  MEDIA_TYPE.ociManifest,
  MEDIA_TYPE.dockerManifest,
  MEDIA_TYPE.signedSchema1,
  MEDIA_TYPE.schema1,
];

/** Unknown fields are kept, because Harbor shows them. */
export interface Platform {
  readonly architecture?: string;
  readonly os?: string;
  readonly variant?: string;
  readonly [key: string]: unknown;
}

/**
 * OCI image specification, "OCI Content Descriptors". `size` in bytes; Docker's schema 1 has none, so it is 0
 * there.
 */
export interface Descriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly platform?: Platform;
}

/** `bytes` are those that were received: a digest is of them and not of the parsed content. */
export interface Manifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
  /** Children of an index; empty for an image. */
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Bytes that are not a manifest of a type that this registry knows. */
export class ManifestInvalidError extends Error {}

/** Whether a manifest has children instead of layers. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === MEDIA_TYPE.ociIndex || mediaType === MEDIA_TYPE.dockerList;
}

/** Digests that must exist before a manifest can be stored, in order: config, layers, children. */
export function references(manifest: Manifest): readonly Descriptor[] {
  return [...(manifest.config ? [manifest.config] : []), ...manifest.layers, ...manifest.manifests];
}

/** Reads a manifest as distribution does: by Content-Type, which must be known and match the body. */
export function parseManifest(contentType: string, bytes: Buffer): Manifest {
  const mediaType = contentType.split(';')[0]?.trim() ?? '';
  if (!ACCEPTED_MEDIA_TYPES.includes(mediaType)) {
    throw new ManifestInvalidError(`unsupported manifest media type and no default available: ${mediaType}`);
  }
  const body = parseObject(bytes);
  if (typeof body.mediaType === 'string' && body.mediaType !== '' && body.mediaType !== mediaType) {
    throw new ManifestInvalidError(
      `if present, mediaType in manifest should be '${mediaType}' not '${body.mediaType}'`,
    );
  }
  return {
    mediaType,
    bytes,
    layers: isIndexType(mediaType) ? [] : descriptors(body.layers ?? schema1Layers(body)),
    manifests: isIndexType(mediaType) ? descriptors(body.manifests) : [],
    ...(isDescriptor(body.config) ? { config: body.config } : {}),
    ...(isDescriptor(body.subject) ? { subject: body.subject } : {}),
    ...(typeof body.artifactType === 'string' ? { artifactType: body.artifactType } : {}),
    ...(isRecord(body.annotations) ? { annotations: body.annotations as Record<string, string> } : {}),
  };
}

/**
 * The index that Harbor stores for a cached one: only the children that exist here, in distribution's field order and
 * Go's three-space indentation. Its digest therefore differs from upstream's even if no child is missing.
 */
export function trimIndex(index: Manifest, present: ReadonlySet<string>): Manifest {
  const manifests = index.manifests.filter((child) => present.has(child.digest));
  const body = { schemaVersion: 2, mediaType: index.mediaType, manifests: manifests.map(goDescriptor) };
  const bytes = Buffer.from(escapeGo(JSON.stringify(body, null, 3)));
  return { mediaType: index.mediaType, bytes, layers: [], manifests };
}

/**
 * The order of fields and what is left out are those of Go's encoder: the digest of a trimmed index depends on
 * them.
 */
function goDescriptor({ mediaType, size, digest, urls, annotations, platform }: Descriptor): object {
  return {
    mediaType,
    size,
    digest,
    ...(urls?.length ? { urls } : {}),
    ...(annotations && Object.keys(annotations).length > 0 ? { annotations: sortKeys(annotations) } : {}),
    platform: goPlatform(platform),
  };
}

/** The same keys in the same order as Go writes them: the digest of a shortened index depends on every byte. */
function goPlatform(platform: Platform = {}): object {
  const { architecture = '', os = '', variant } = platform;
  const optional = { 'os.version': platform['os.version'], 'os.features': platform['os.features'], variant };
  return { architecture, os, ...dropEmpty(optional), ...dropEmpty({ features: platform.features }) };
}

/** Go's `omitempty`. */
function dropEmpty(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== '' && !isEmptyArray(value)),
  );
}

function isEmptyArray(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function sortKeys(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Go's encoder writes these three as escapes, so the digest depends on it. */
function escapeGo(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
}

/** @throws ManifestInvalidError */
function parseObject(bytes: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new ManifestInvalidError('the manifest is not JSON', { cause });
  }
  if (!isRecord(value)) throw new ManifestInvalidError('the manifest is not a JSON object');
  return value;
}

/** The old format tells no sizes. */
function schema1Layers(body: Record<string, unknown>): Descriptor[] {
  const layers = Array.isArray(body.fsLayers) ? (body.fsLayers as { blobSum?: unknown }[]) : [];
  return layers.flatMap(({ blobSum }) => (typeof blobSum === 'string' ? [{ digest: blobSum, size: 0 }] : []));
}

function descriptors(value: unknown): Descriptor[] {
  return Array.isArray(value) ? value.filter(isDescriptor) : [];
}

function isDescriptor(value: unknown): value is Descriptor {
  return isRecord(value) && typeof value.digest === 'string' && value.digest !== '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
