import { createPublicKey, verify, type KeyObject } from 'node:crypto';

/** By curve. */
const LONGER_HASHES: Readonly<Record<string, string>> = { secp384r1: 'sha384', secp521r1: 'sha512' };

/** `repository` as in the registry that is asked; signatures are stored next to the image. */
export interface SignedImage {
  readonly repository: string;
  readonly digest: string;
}

/** Whether a response says nothing about what was requested: a limit of requests, or a failure. */
export function isNoAnswer(status: number): boolean {
  return status === 429 || status >= 500;
}

/** @throws Error if it is not a public key in PEM */
export function readPublicKey(pem: string): KeyObject {
  return createPublicKey({ key: pem, format: 'pem' });
}

/** ECDSA (as DER), RSA, or Ed25519, as cosign signs: SHA-256, for a longer curve also the hash of its length. */
export function isSignedBy(key: KeyObject, payload: Buffer, signature: Buffer): boolean {
  return hashesOf(key).some((hash) => {
    try {
      return verify(hash, payload, key, signature);
    } catch {
      return false;
    }
  });
}

function hashesOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly (string | null)[] {
  // Ed25519 has its own hash.
  if (asymmetricKeyType === 'ed25519') return [null];
  const longer = LONGER_HASHES[asymmetricKeyDetails?.namedCurve ?? ''];
  return longer === undefined ? ['sha256'] : [longer, 'sha256'];
}

/** Undefined instead of an error: what is not JSON is no signature. */
export function jsonOf(body: Buffer | undefined): unknown {
  try {
    return JSON.parse((body ?? Buffer.alloc(0)).toString('utf8'));
  } catch {
    return undefined;
  }
}
