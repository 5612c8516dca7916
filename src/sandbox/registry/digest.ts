import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';

/** go-digest's pattern: an algorithm and hex. Harbor does not anchor it at the end of a path. */
const DIGEST = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export function isDigest(reference: string): boolean {
  return DIGEST.test(reference);
}

export function digestOf(bytes: Buffer | string): string {
  return 'sha256:' + createHash('sha256').update(bytes).digest('hex');
}

export function hashFor(digest: string): Hash {
  return createHash(algorithmOf(digest));
}

export function algorithmOf(digest: string): 'sha256' | 'sha512' {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}
