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
