import type { KeyObject } from 'node:crypto';
import { isRecord } from '../../json';
import { isDigest, referrersTag, type RegistryClient, type WireOptions } from '../../oci';
import { isNoAnswer, isSignedBy, jsonOf, type SignedImage } from './signed-by';

const BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle[.+]/;
const STATEMENT = 'application/vnd.in-toto+json';
/** An attestation with the same key describes the image; it does not approve it. */
const IS_SIGNED = 'https://sigstore.dev/cosign/sign/v1';
const MAX_BUNDLE_BYTES = 256 << 10;
/** Further referrers are not read. */
const MAX_REFERRERS = 50;

/**
 * Whether an image was signed with a key as cosign 3 does: one of its referrers is a Sigstore bundle whose statement names the
 * image's digest. The transparency log is not queried.
 * @returns `other` if there are bundles, but none with this key; a status if one of them could not be read
 * @throws NetworkError
 */
export async function bundleOutcome(
  client: RegistryClient,
  { repository, digest }: SignedImage,
  key: KeyObject,
  wire: WireOptions,
): Promise<'signed' | 'other' | 'none' | number> {
  let seen = false;
  let unread: number | undefined;
  const referrers = await referrersOf(client, repository, digest, wire);
  if (typeof referrers === 'number') return referrers;
  for (const referrer of referrers.slice(0, MAX_REFERRERS)) {
    const layers = await bundlesIn(client, repository, referrer, wire);
    if (typeof layers === 'number') unread = layers;
    for (const layer of typeof layers === 'number' ? [] : layers) {
      seen = true;
      const options = { limitBytes: MAX_BUNDLE_BYTES, keep: true };
      const blob = await client.blob(repository, layer, options, wire);
      if (blob.broken) throw blob.broken;
      if (blob.status === 200 && blob.digest === layer && isBundleOf(jsonOf(blob.body), digest, key)) return 'signed';
      if (isNoAnswer(blob.status)) unread = blob.status;
    }
  }
  return unread ?? (seen ? 'other' : 'none');
}

/** From the API, or from the fallback tag if the registry has no such API. */
async function referrersOf(
  client: RegistryClient,
  repository: string,
  digest: string,
  wire: WireOptions,
): Promise<string[] | number> {
  const path = `/v2/${repository}/referrers/${digest}`;
  const listed = await client.authorized({ method: 'GET', path }, repository, wire);
  if (listed.broken) throw listed.broken;
  if (listed.status === 200) return digestsIn(listed.body, 'manifests');
  if (isNoAnswer(listed.status)) return listed.status;
  const tag = await client.manifest('GET', repository, referrersTag(digest), wire);
  if (tag.broken) throw tag.broken;
  if (isNoAnswer(tag.status)) return tag.status;
  return tag.status === 200 ? digestsIn(tag.body, 'manifests') : [];
}

/** The type in the index is not used: cosign writes the type of the config there. */
async function bundlesIn(
  client: RegistryClient,
  repository: string,
  referrer: string,
  wire: WireOptions,
): Promise<string[] | number> {
  const answer = await client.manifest('GET', repository, referrer, wire);
  if (answer.broken) throw answer.broken;
  if (isNoAnswer(answer.status)) return answer.status;
  const isItself = answer.status === 200 && answer.digest === referrer;
  return isItself ? digestsIn(answer.body, 'layers', BUNDLE) : [];
}

function digestsIn(body: Buffer | undefined, list: 'manifests' | 'layers', type = /^/): string[] {
  const json = jsonOf(body);
  const items = isRecord(json) && Array.isArray(json[list]) ? (json[list] as unknown[]) : [];
  return items.flatMap((item) => {
    if (!isRecord(item) || !type.test(String(item['mediaType']))) return [];
    const { digest } = item;
    return typeof digest === 'string' && isDigest(digest) ? [digest] : [];
  });
}

/**
 * Two things have to hold: the key signed the statement, and the statement is about this digest. A signature of
 * another image is valid, too, but proves nothing here.
 */
function isBundleOf(bundle: unknown, digest: string, key: KeyObject): boolean {
  const envelope = isRecord(bundle) ? bundle['dsseEnvelope'] : undefined;
  if (!isRecord(envelope) || envelope['payloadType'] !== STATEMENT || typeof envelope['payload'] !== 'string')
    return false;
  const payload = Buffer.from(envelope['payload'], 'base64');
  const signed = preAuthenticationEncoding(STATEMENT, payload);
  const signatures = Array.isArray(envelope['signatures']) ? (envelope['signatures'] as unknown[]) : [];
  const isByKey = signatures.some(
    (one) =>
      isRecord(one) && typeof one['sig'] === 'string' && isSignedBy(key, signed, Buffer.from(one['sig'], 'base64')),
  );
  return isByKey && states(jsonOf(payload), digest);
}

/** DSSE signs this, not the payload alone. */
function preAuthenticationEncoding(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

function states(statement: unknown, digest: string): boolean {
  if (!isRecord(statement) || statement['predicateType'] !== IS_SIGNED || !Array.isArray(statement['subject']))
    return false;
  return (statement['subject'] as unknown[]).some(
    (one) => isRecord(one) && isRecord(one['digest']) && `sha256:${String(one['digest']['sha256'])}` === digest,
  );
}
