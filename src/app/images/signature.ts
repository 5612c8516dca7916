import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { isRecord } from '../../json';
import type { RegistryClient, WireOptions } from '../../oci';

const MAX_PAYLOAD_BYTES = 64 << 10;
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const SIGNATURE = 'dev.cosignproject.cosign/signature';

/** @throws Error if it is not a public key in PEM */
export function readPublicKey(pem: string): KeyObject {
  return createPublicKey({ key: pem, format: 'pem' });
}

/**
 * Verifies that an image was signed with a key, as `cosign sign --key` does: the tag `sha256-….sig` of the same
 * repository names a manifest whose layers are payloads with the image's digest, each with its signature.
 * @returns why it is not verified, in words; undefined if it is
 * @throws NetworkError
 */
export async function signatureProblem(
  client: RegistryClient,
  repository: string,
  digest: string,
  key: KeyObject,
  wire: WireOptions,
): Promise<string | undefined> {
  const tag = `${digest.replace(':', '-')}.sig`;
  const answer = await client.manifest('GET', repository, tag, wire);
  if (answer.broken) throw answer.broken;
  if (answer.status === 404)
    return `it is not signed: the registry has no ${tag}, where cosign puts a signature by key`;
  if (answer.status !== 200) return `the registry answers ${answer.status} for its signature`;
  const signed = layersOf(answer.body);
  for (const { payloadDigest, signature } of signed) {
    const blob = await client.blob(repository, payloadDigest, { limitBytes: MAX_PAYLOAD_BYTES, keep: true }, wire);
    if (blob.broken) throw blob.broken;
    const payload = blob.status === 200 && blob.digest === payloadDigest ? blob.body : undefined;
    if (payload && isSignedBy(key, payload, signature) && digestIn(payload) === digest) return undefined;
  }
  return signed.length === 0 ? `${tag} has no signature of cosign in it` : 'no signature of it is by the declared key';
}

interface SignedLayer {
  readonly payloadDigest: string;
  readonly signature: Buffer;
}

function layersOf(body: Buffer | undefined): SignedLayer[] {
  const manifest = jsonOf(body);
  const layers = isRecord(manifest) && Array.isArray(manifest['layers']) ? (manifest['layers'] as unknown[]) : [];
  return layers.flatMap((layer) => {
    if (!isRecord(layer) || layer['mediaType'] !== SIMPLE_SIGNING || !isRecord(layer['annotations'])) return [];
    const { [SIGNATURE]: signature } = layer['annotations'];
    const { digest: payloadDigest } = layer;
    if (typeof signature !== 'string' || typeof payloadDigest !== 'string') return [];
    return [{ payloadDigest, signature: Buffer.from(signature, 'base64') }];
  });
}

/** SHA-256 with ECDSA (as DER) or RSA; Ed25519 has its own hash. */
function isSignedBy(key: KeyObject, payload: Buffer, signature: Buffer): boolean {
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  try {
    return verify(algorithm, payload, key, signature);
  } catch {
    return false;
  }
}

/** A signature of another image with the same key proves nothing about this one. */
function digestIn(payload: Buffer): string | undefined {
  const json = jsonOf(payload);
  const critical = isRecord(json) ? json['critical'] : undefined;
  const image = isRecord(critical) ? critical['image'] : undefined;
  const digest = isRecord(image) ? image['docker-manifest-digest'] : undefined;
  return typeof digest === 'string' ? digest : undefined;
}

function jsonOf(body: Buffer | undefined): unknown {
  try {
    return JSON.parse((body ?? Buffer.alloc(0)).toString('utf8'));
  } catch {
    return undefined;
  }
}
