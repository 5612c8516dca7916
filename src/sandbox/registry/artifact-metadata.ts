import type { ArtifactReference, ArtifactRow } from '../store/rows';
import type { Descriptor, Manifest } from './manifest';
import { isIndexType, MEDIA_TYPE } from './manifest';

/** What Harbor's abstractor reads from a manifest. */
export type ArtifactMetadata = Pick<
  ArtifactRow,
  | 'type'
  | 'mediaType'
  | 'manifestMediaType'
  | 'artifactType'
  | 'sizeBytes'
  | 'extraAttrs'
  | 'annotations'
  | 'references'
  | 'blobs'
>;

const IMAGE_CONFIGS = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'];
const CHART_CONFIG = 'application/vnd.cncf.helm.config.v1+json';
const UNKNOWN_TYPE = 'UNKNOWN';

/** `config` is undefined when it is not JSON. `children` are the stored artifacts of an index, in its order. */
export function describeImage(manifest: Manifest, digest: string, config: unknown): ArtifactMetadata {
  const mediaType = manifest.config?.mediaType ?? MEDIA_TYPE.signedSchema1;
  const parts = [...(manifest.config ? [manifest.config] : []), ...manifest.layers];
  return {
    type: artifactTypeName(mediaType),
    mediaType,
    manifestMediaType: manifest.mediaType,
    // The referrers rule of the distribution spec: for an image without artifactType, the media type of its configuration counts.
    artifactType: manifest.artifactType ?? manifest.config?.mediaType ?? '',
    sizeBytes: manifest.bytes.length + parts.reduce((total, part) => total + part.size, 0),
    extraAttrs: extraAttributes(mediaType, config),
    annotations: manifest.annotations ?? null,
    references: [],
    blobs: [...new Set([digest, ...parts.map((part) => part.digest)])],
  };
}

/** An index's size is its own and that of all its children (docs/harbor-behavior.md 9.8). */
export function describeIndex(manifest: Manifest, digest: string, children: readonly ArtifactRow[]): ArtifactMetadata {
  return {
    type: 'IMAGE',
    mediaType: manifest.annotations?.['org.opencontainers.artifactType'] ?? manifest.mediaType,
    manifestMediaType: manifest.mediaType,
    artifactType: manifest.artifactType ?? '',
    sizeBytes: children.reduce((total, child) => total + child.sizeBytes, manifest.bytes.length),
    extraAttrs: null,
    annotations: manifest.annotations ?? null,
    references: manifest.manifests.flatMap((child) => toReference(child, children)),
    blobs: [digest],
  };
}

/** Both forms: an OCI index and a Docker manifest list. */
export function isIndex(artifact: Pick<ArtifactRow, 'manifestMediaType'>): boolean {
  return isIndexType(artifact.manifestMediaType);
}

/** Children that are not stored have no reference: the API lists only what can be opened. */
function toReference(descriptor: Descriptor, children: readonly ArtifactRow[]): ArtifactReference[] {
  const child = children.find((one) => one.digest === descriptor.digest);
  if (!child) return [];
  const { platform, annotations, urls } = descriptor;
  return [
    {
      childId: child.id,
      childDigest: child.digest,
      ...(platform ? { platform } : {}),
      ...(annotations ? { annotations } : {}),
      ...(urls ? { urls } : {}),
    },
  ];
}

/** `application/vnd.acme.rocket.config.v1+json` is a ROCKET; the vendor's name is dropped. */
export function artifactTypeName(mediaType: string): string {
  if (IMAGE_CONFIGS.includes(mediaType) || mediaType === MEDIA_TYPE.signedSchema1) return 'IMAGE';
  if (mediaType === CHART_CONFIG) return 'CHART';
  const name = /^application\/vnd\.[^.]*\.(.*)\.config\.[^.]*\+json$/.exec(mediaType)?.[1];
  return name?.toUpperCase() ?? UNKNOWN_TYPE;
}

const AUTHOR_LABELS = ['org.opencontainers.image.authors', 'maintainer'];

/**
 * null for an unknown type. For an image only these five fields of the configuration are kept; for other types
 * all.
 */
function extraAttributes(mediaType: string, config: unknown): Record<string, unknown> | null {
  if (typeof config !== 'object' || config === null || artifactTypeName(mediaType) === UNKNOWN_TYPE) return null;
  if (!IMAGE_CONFIGS.includes(mediaType)) return { ...config };
  const image = config as { architecture?: string; os?: string; created?: string; author?: string; config?: object };
  return {
    architecture: image.architecture ?? '',
    author: image.author || authorOf(image.config),
    config: image.config ?? {},
    created: image.created ?? null,
    os: image.os ?? '',
  };
}

/** The first label that has a value. */
function authorOf(config: { Labels?: Record<string, string> | null } = {}): string {
  const labels = config.Labels ?? {};
  return AUTHOR_LABELS.map((label) => labels[label]).find((author) => author) ?? '';
}
