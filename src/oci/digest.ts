import { createHash } from 'node:crypto';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Only SHA-256: Harbor stores nothing else, and a value that passes is safe in a URL path. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** `sha256:<hex>` of exactly these bytes. */
export function sha256Digest(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/**
 * The tag under which a registry without an API for referrers lists those of a digest: `sha256-…`. cosign stores a signature
 * under the same tag with `.sig` (OCI distribution specification 1.1, "Referrers Tag Schema").
 */
export function referrersTag(digest: string): string {
  return digest.replace(':', '-');
}
