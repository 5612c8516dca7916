import { createHash, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { certified, notationEnvelope, type Signer } from './notation-envelope';
import { BUNDLE, SIGNED_BY_COSIGN, sigstoreBundle } from './sigstore-bundle';
import { image, type FixtureBlob, type FixtureImage, type FixtureUpstream } from '../../src/upstream';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const EMPTY = Buffer.from('{}');

export const COSIGN_PAYLOAD = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const COSIGN = 'application/vnd.dev.cosign.artifact.sig.v1+json';
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
  /** Of notation: its root is what a verifier trusts. */
  readonly signer: Signer;
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
  const signer = certified({ privateKey });
  const subject = { mediaType: built.mediaType, digest: built.digest, size: built.manifest.length };
  const thumbprints = signer.chain.map(({ fingerprint256 }) => fingerprint256.replaceAll(':', '').toLowerCase());
  return {
    image: built,
    cosign: referrer(built, COSIGN, COSIGN_PAYLOAD, payload, { [SIGNATURE_ANNOTATION]: signature }),
    bundle: referrer(
      built,
      BUNDLE,
      BUNDLE,
      sigstoreBundle(built.digest, privateKey),
      {},
      {
        'dev.sigstore.bundle.content': 'dsse-envelope',
        'dev.sigstore.bundle.predicateType': SIGNED_BY_COSIGN,
      },
    ),
    notation: referrer(
      built,
      NOTATION,
      'application/jose+json',
      notationEnvelope(subject, signer),
      {},
      {
        'io.cncf.notary.x509chain.thumbprint#S256': JSON.stringify(thumbprints),
        'org.opencontainers.image.created': new Date().toISOString(),
      },
    ),
    signer,
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
  ofLayer: Readonly<Record<string, string>> = {},
  ofManifest: Readonly<Record<string, string>> = {},
): FixtureImage {
  const manifest = json({
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: sha256(EMPTY), size: EMPTY.length },
    layers: [{ mediaType: layerType, digest: sha256(layer), size: layer.length, annotations: ofLayer }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.manifest.length },
    annotations: ofManifest,
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
