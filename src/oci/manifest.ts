import { compact } from '../compact';
import type { NetworkError } from '../errors';
import { isDigest } from './digest';
import { bareMediaType, isIndexType } from './media-type';

/** A descriptor from a manifest: well formed, but otherwise unchecked. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly sizeBytes: number;
  /** Set if the content is stored elsewhere (nondistributable layers). */
  readonly urls?: readonly string[];
}

/** One entry of an index. */
export interface ChildDescriptor extends Descriptor {
  /** `os/arch` or `os/arch/variant`; absent if the index has none. */
  readonly platform?: string;
}

/** A registry's response to a request for a manifest. Headers are claims; `digest` is computed. */
export interface ManifestAnswer {
  readonly status: number;
  readonly requestId: string;
  /** Content-Type without parameters. */
  readonly contentType: string;
  /** Docker-Content-Digest; Harbor leaves it empty for a proxied GET by tag. */
  readonly headerDigest?: string;
  readonly contentLength?: number;
  /** Never requested: clients would hash other bytes than the registry does. */
  readonly contentEncoding?: string;
  readonly body: Buffer;
  /** SHA-256 of exactly the received bytes; absent for HEAD. */
  readonly digest?: string;
  readonly broken?: NetworkError;
}

/** A manifest or an index, parsed from its bytes. */
export type Manifest =
  | { readonly kind: 'index'; readonly mediaType: string; readonly children: readonly ChildDescriptor[] }
  | {
      readonly kind: 'image';
      readonly mediaType: string;
      /** Type of an artifact that is not an image, such as a Helm chart. */
      readonly artifactType?: string;
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
    };

/** A manifest is an image only with one of these; nothing else contains platforms and diff IDs. */
const IMAGE_CONFIGS: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);

/** Parses manifest bytes. Describes problems in words; the caller knows the request. */
export function readManifest(answer: Pick<ManifestAnswer, 'body' | 'contentType'>): Manifest | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(answer.body.toString('utf8'));
  } catch {
    return { problem: `not JSON (Content-Type ${answer.contentType || 'missing'}, ${answer.body.length} bytes)` };
  }
  if (typeof json !== 'object' || json === null) return { problem: 'not a JSON object' };
  const fields = json as Record<string, unknown>;
  const mediaType = bareMediaType(typeof fields['mediaType'] === 'string' ? fields['mediaType'] : answer.contentType);
  return isIndexType(mediaType) || Array.isArray(fields['manifests'])
    ? readIndex(fields, mediaType)
    : readImage(fields, mediaType);
}

function readIndex(fields: Record<string, unknown>, mediaType: string): Manifest | { problem: string } {
  if (!Array.isArray(fields['manifests'])) return { problem: 'an index without "manifests"' };
  const children = fields['manifests'].map(readChild);
  const bad = children.findIndex((child) => child === undefined);
  if (bad !== -1) return { problem: `manifests[${bad}] is not a descriptor` };
  return { kind: 'index', mediaType, children: children as ChildDescriptor[] };
}

/**
 * Without `artifactType` the type is that of the config, unless it is the one of an image (OCI image
 * specification 1.1).
 */
function readImage(fields: Record<string, unknown>, mediaType: string): Manifest | { problem: string } {
  const config = readDescriptor(fields['config']);
  if (!config) return { problem: '"config" is not a descriptor' };
  if (!Array.isArray(fields['layers'])) return { problem: 'a manifest without "layers"' };
  const layers = fields['layers'].map(readDescriptor);
  const bad = layers.findIndex((layer) => layer === undefined);
  if (bad !== -1) return { problem: `layers[${bad}] is not a descriptor` };
  const { artifactType } = fields;
  const named = typeof artifactType === 'string' && artifactType !== '' ? artifactType : undefined;
  const type = named ?? (IMAGE_CONFIGS.has(config.mediaType) ? undefined : config.mediaType);
  return compact({
    kind: 'image',
    mediaType,
    config,
    layers: layers as Descriptor[],
    artifactType: type,
  });
}

function readDescriptor(value: unknown): Descriptor | undefined {
  const { mediaType, digest, size, urls } = (value ?? {}) as Record<string, unknown>;
  if (typeof mediaType !== 'string' || typeof digest !== 'string' || typeof size !== 'number') return undefined;
  // The digest will be part of a URL, and these bytes are not trusted.
  if (!isDigest(digest) || !Number.isSafeInteger(size) || size < 0) return undefined;
  const elsewhere = Array.isArray(urls) ? urls.filter((url) => typeof url === 'string') : [];
  return compact({ mediaType, digest, sizeBytes: size, urls: elsewhere.length > 0 ? elsewhere : undefined });
}

/**
 * `os/architecture`, with `/variant` if there is one. Undefined platform for a child without it, such as an
 * artifact.
 */
function readChild(value: unknown): ChildDescriptor | undefined {
  const descriptor = readDescriptor(value);
  const { platform } = (value ?? {}) as { platform?: { os?: unknown; architecture?: unknown; variant?: unknown } };
  if (!descriptor || !platform) return descriptor;
  const parts = [platform.os, platform.architecture, platform.variant];
  return { ...descriptor, platform: parts.filter((part) => typeof part === 'string' && part !== '').join('/') };
}

/**
 * Whether an index offers a required platform. `linux/arm64` matches any variant of it; `linux/arm/v7` only itself,
 * because v6 and v7 images differ.
 */
export function servesPlatform(offered: string | undefined, required: string): boolean {
  return offered !== undefined && (offered === required || offered.startsWith(`${required}/`));
}
