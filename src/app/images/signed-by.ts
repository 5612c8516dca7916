import { createPublicKey, verify, type KeyObject } from 'node:crypto';

export interface SignedImage {
  readonly repository: string;
  readonly digest: string;
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
  switch (asymmetricKeyDetails?.namedCurve) {
    case 'secp384r1':
      return ['sha384', 'sha256'];
    case 'secp521r1':
      return ['sha512', 'sha256'];
    default:
      return ['sha256'];
  }
}

export function jsonOf(body: Buffer | undefined): unknown {
  try {
    return JSON.parse((body ?? Buffer.alloc(0)).toString('utf8'));
  } catch {
    return undefined;
  }
}
