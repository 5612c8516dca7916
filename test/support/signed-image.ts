import { createHash, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { image, type FixtureBlob, type FixtureImage, type FixtureUpstream } from '../../src/upstream';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const EMPTY = Buffer.from('{}');

export const COSIGN_PAYLOAD = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const COSIGN = 'application/vnd.dev.cosign.artifact.sig.v1+json';
export const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const NOTATION = 'application/vnd.cncf.notary.signature';
export const SIGNATURE_ANNOTATION = 'dev.cosignproject.cosign/signature';

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Of ECDSA P-256, as `cosign generate-key-pair` makes them. */
export function makeKeys(): Keys {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

/** An image, and everything that says that it was signed with this key. */
export interface SignedImage {
  readonly image: FixtureImage;
  readonly cosign: FixtureImage;
  readonly bundle: FixtureImage;
  readonly notation: FixtureImage;
}

export function signedImage(seed: string, { privateKey }: Keys): SignedImage {
  const built = image({ seed });
  const payload = json({
    critical: {
      identity: { 'docker-reference': 'library/signed' },
      image: { 'docker-manifest-digest': built.digest },
      type: 'cosign container image signature',
    },
    optional: null,
  });
  const signature = sign('sha256', payload, privateKey).toString('base64');
  const envelope = json({
    mediaType: BUNDLE,
    messageSignature: { messageDigest: { digest: sha256(payload) }, signature },
    payload: payload.toString('base64'),
  });
  const protectedHeader = json({ alg: 'ES256', cty: 'application/vnd.cncf.notary.payload.v1+json' });
  const signed = Buffer.from(`${protectedHeader.toString('base64url')}.${payload.toString('base64url')}`);
  const jws = json({
    payload: payload.toString('base64url'),
    protected: protectedHeader.toString('base64url'),
    signature: sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
  });
  return {
    image: built,
    cosign: referrer(built, COSIGN, COSIGN_PAYLOAD, payload, { [SIGNATURE_ANNOTATION]: signature }),
    bundle: referrer(built, BUNDLE, BUNDLE, envelope),
    notation: referrer(built, NOTATION, 'application/jose+json', jws),
  };
}

/** Puts the image and its signatures into an upstream, the one of cosign also under its tag. */
export function publishSigned(upstream: FixtureUpstream, repository: string, tag: string, signed: SignedImage): void {
  upstream.put(repository, tag, signed.image);
  upstream.put(repository, `${signed.image.digest.replace(':', '-')}.sig`, signed.cosign);
  upstream.put(repository, 'bundle', signed.bundle);
  upstream.put(repository, 'notation', signed.notation);
}

/** Whether the payload of cosign names the digest, and was signed with the key. */
export function isSignedBy(payload: Buffer, signature: string, digest: string, { publicKey }: Keys): boolean {
  const { critical } = JSON.parse(payload.toString('utf8')) as {
    critical: { image: { 'docker-manifest-digest': string } };
  };
  const isOf = critical.image['docker-manifest-digest'] === digest;
  return isOf && verify('sha256', payload, publicKey, Buffer.from(signature, 'base64'));
}

function referrer(
  subject: FixtureImage,
  artifactType: string,
  layerType: string,
  layer: Buffer,
  annotations: Readonly<Record<string, string>> = {},
): FixtureImage {
  const manifest = json({
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: sha256(EMPTY), size: EMPTY.length },
    layers: [{ mediaType: layerType, digest: sha256(layer), size: layer.length, annotations }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.manifest.length },
  });
  const blobs = [blob(EMPTY), blob(layer)];
  return { manifest, mediaType: MANIFEST, digest: sha256(manifest), architecture: '', blobs, children: [] };
}

function blob(bytes: Buffer): FixtureBlob {
  return { digest: sha256(bytes), sizeBytes: bytes.length, chunks: () => [bytes] };
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
