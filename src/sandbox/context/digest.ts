import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';

/** go-digest's pattern: an algorithm and hex. Harbor does not anchor it at the end of a path. */
const DIGEST = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Only SHA-256 and SHA-512, in lower case: everything else is a tag, or an invalid reference. */
export function isDigest(reference: string): boolean {
  return DIGEST.test(reference);
}

/** Always SHA-256, the algorithm that Harbor computes for content of its own. */
export function digestOf(bytes: Buffer | string): string {
  return 'sha256:' + createHash('sha256').update(bytes).digest('hex');
}

/** For verifying: the algorithm of the digest that the client sent. */
export function hashFor(digest: string): Hash {
  return createHash(algorithmOf(digest));
}

/** SHA-256 for anything that is not SHA-512, so a check with `isDigest` has to come first. */
export function algorithmOf(digest: string): 'sha256' | 'sha512' {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}
