import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SecretHash } from './rows';

/**
 * One round of SHA-256. Harbor spends 110 ms of PBKDF2 on a user's password (docs/harbor-behavior.md 2.6). Good enough
 * for a stand-in in tests; do not use it for real secrets.
 */
export function hashSecret(secret: string, salt = randomBytes(16).toString('hex')): SecretHash {
  return {
    salt,
    hash: createHash('sha256')
      .update(salt + secret)
      .digest('hex'),
  };
}

/** Compared in constant time, as is usual for secrets. It does not matter here. */
export function matchesSecret(secret: string, stored: SecretHash): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret, stored.salt).hash), Buffer.from(stored.hash));
}

/** Harbor's rule for passwords and robot secrets: 8 to 128 characters with upper case, lower case and a digit. */
export function isAcceptableSecret(secret: string): boolean {
  return (
    secret.length >= 8 && secret.length <= 128 && /[A-Z]/.test(secret) && /[a-z]/.test(secret) && /\d/.test(secret)
  );
}

/** A robot's secret as Harbor generates it: 32 characters that satisfy its own rule. */
export function randomSecret(): string {
  for (;;) {
    const secret = randomBytes(32).toString('base64url').replaceAll(/[-_]/g, '').slice(0, 32);
    if (secret.length === 32 && isAcceptableSecret(secret)) return secret;
  }
}
