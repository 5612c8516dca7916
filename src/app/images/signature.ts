import type { KeyObject } from 'node:crypto';
import { isRecord } from '../../json';
import { isDigest, referrersTag, type RegistryClient, type WireOptions } from '../../oci';
import { bundleOutcome } from './bundle';
import { isNoAnswer, isSignedBy, jsonOf, type SignedImage } from './signed-by';

const MAX_PAYLOAD_BYTES = 64 << 10;
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const SIGNATURE = 'dev.cosignproject.cosign/signature';

/** Why a signature is not verified, in words. */
export interface Unsigned {
  readonly problem: string;
  /** The registry did not answer: it may be signed. */
  readonly isUnknown: boolean;
}

/**
 * Verifies that an image was signed with a key, as `cosign sign --key` does: up to cosign 2 under a tag, from cosign 3 on in a
 * bundle among the referrers.
 * @returns why it is not verified; undefined if it is
 * @throws NetworkError
 */
export async function signatureProblem(
  client: RegistryClient,
  image: SignedImage,
  key: KeyObject,
  wire: WireOptions,
): Promise<Unsigned | undefined> {
  const tagged = await tagOutcome(client, image, key, wire);
  if (tagged === 'signed') return undefined;
  const bundled = await bundleOutcome(client, image, key, wire);
  if (bundled === 'signed') return undefined;
  const unread = [tagged, bundled].find((one) => typeof one === 'number');
  if (unread !== undefined)
    return { problem: `the registry returned ${unread} for its signature`, isUnknown: isNoAnswer(unread) };
  const problem =
    tagged === 'none' && bundled === 'none'
      ? `it is not signed: the registry has neither ${tagOf(image)} nor a Sigstore bundle for it`
      : 'no signature of it is by the declared key';
  return { problem, isUnknown: false };
}

function tagOf({ digest }: SignedImage): string {
  return `${referrersTag(digest)}.sig`;
}

/**
 * Under the tag `sha256-….sig` of the same repository is a manifest whose layers are payloads that name the image's digest,
 * each with its signature. A number is the status of an unexpected response.
 */
async function tagOutcome(
  client: RegistryClient,
  image: SignedImage,
  key: KeyObject,
  wire: WireOptions,
): Promise<'signed' | 'other' | 'none' | number> {
  const { repository, digest } = image;
  const answer = await client.manifest('GET', repository, tagOf(image), wire);
  if (answer.broken) throw answer.broken;
  if (answer.status === 404) return 'none';
  if (answer.status !== 200) return answer.status;
  let unread: number | undefined;
  for (const { payloadDigest, signature } of layersOf(answer.body)) {
    const blob = await client.blob(repository, payloadDigest, { limitBytes: MAX_PAYLOAD_BYTES, keep: true }, wire);
    if (blob.broken) throw blob.broken;
    const payload = blob.status === 200 && blob.digest === payloadDigest ? blob.body : undefined;
    if (payload && isSignedBy(key, payload, signature) && digestIn(payload) === digest) return 'signed';
    if (isNoAnswer(blob.status)) unread = blob.status;
  }
  return unread ?? 'other';
}

interface SignedLayer {
  readonly payloadDigest: string;
  readonly signature: Buffer;
}

/**
 * The older form of cosign: each layer is one signature, kept in an annotation, and its content is what was
 * signed.
 */
function layersOf(body: Buffer | undefined): SignedLayer[] {
  const manifest = jsonOf(body);
  const layers = isRecord(manifest) && Array.isArray(manifest['layers']) ? (manifest['layers'] as unknown[]) : [];
  return layers.flatMap((layer) => {
    if (!isRecord(layer) || layer['mediaType'] !== SIMPLE_SIGNING || !isRecord(layer['annotations'])) return [];
    const { [SIGNATURE]: signature } = layer['annotations'];
    const { digest: payloadDigest } = layer;
    if (typeof signature !== 'string' || typeof payloadDigest !== 'string' || !isDigest(payloadDigest)) return [];
    return [{ payloadDigest, signature: Buffer.from(signature, 'base64') }];
  });
}

/** A signature of another image with the same key proves nothing about this one. */
function digestIn(payload: Buffer): string | undefined {
  const json = jsonOf(payload);
  const critical = isRecord(json) ? json['critical'] : undefined;
  const image = isRecord(critical) ? critical['image'] : undefined;
  const digest = isRecord(image) ? image['docker-manifest-digest'] : undefined;
  return typeof digest === 'string' ? digest : undefined;
}
