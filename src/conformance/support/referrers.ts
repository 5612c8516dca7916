import {
  bareMediaType,
  header,
  isDigest,
  OCI_INDEX,
  type PlainAnswer,
  referrersTag,
  type RegistryClient,
  type WireOptions,
} from '../../oci';
import { describePlain, errorCode, isLimitOrFront } from '../answer-words';
import { error, fail, type Outcome } from '../model/outcome';

/** An artifact that belongs to an image: a signature, an SBOM, an attestation. */
export interface Referrer {
  readonly digest: string;
  readonly artifactType: string;
}

/** `listed` may be empty: an image without signatures is normal. */
export type Referrers =
  | { readonly state: 'listed'; readonly referrers: readonly Referrer[] }
  /** Answered 404 by a registry: clients look for the tag `sha256-…` instead. */
  | { readonly state: 'no-api' }
  /** `isUnanswered`: a limit, or a failure of a proxy in front; whether there are any is not known. */
  | { readonly state: 'odd'; readonly why: string; readonly isUnanswered: boolean };

/** `GET /v2/<name>/referrers/<digest>`, as sent by cosign, notation and policy controllers. */
export async function readReferrers(
  client: RegistryClient,
  name: string,
  digest: string,
  wire: WireOptions,
): Promise<Referrers> {
  const answer = await client.authorized({ method: 'GET', path: `/v2/${name}/referrers/${digest}` }, name, wire);
  if (answer.status === 404 && errorCode(answer.body) !== undefined) return { state: 'no-api' };
  const listed = answer.status === 200 ? listIn(answer.body) : undefined;
  if (!listed) return odd(`expected an OCI index, got ${describePlain(answer)}`, answer);
  const type = bareMediaType(header(answer, 'content-type'));
  if (type !== OCI_INDEX) return odd(`the list of referrers is served as ${type || 'no type'}`, answer);
  return { state: 'listed', referrers: listed };
}

/**
 * Like a client: with the API, or with the fallback tag if there is no API.
 *
 *      GET …/referrers/<digest>     GET …/manifests/sha256-<hex>     result
 *      200, an index                -                                listed
 *      404, a registry error        200                              listed, from the index
 *      404, a registry error        404                              listed, none
 *      404, a registry error        429, 5xx or another refusal      odd: whether there are any is not known
 *      anything else                -                                odd
 */
export async function findReferrers(
  client: RegistryClient,
  name: string,
  digest: string,
  wire: WireOptions,
): Promise<Referrers> {
  const found = await readReferrers(client, name, digest, wire);
  if (found.state !== 'no-api') return found;
  const answer = await getManifest(client, name, referrersTag(digest), wire);
  if (answer.status === 404) return { state: 'listed', referrers: [] };
  if (answer.status !== 200) return odd(`the tag of referrers returned ${describePlain(answer)}`, answer);
  return { state: 'listed', referrers: listIn(answer.body) ?? [] };
}

function odd(why: string, answer: PlainAnswer): Extract<Referrers, { readonly state: 'odd' }> {
  return { state: 'odd', why, isUnanswered: isLimitOrFront(answer) };
}

/** The outcome of a check that got no list from Harbor. */
export function withoutList(found: Exclude<Referrers, { readonly state: 'listed' }>): Outcome {
  if (found.state === 'no-api') return fail('no referrers');
  return found.isUnanswered ? error(`whether referrers are listed is not known: ${found.why}`) : fail(found.why);
}

/** The tag schema of the OCI distribution specification: `sha256-<hex>` is an index of the referrers. */
function getManifest(client: RegistryClient, name: string, tag: string, wire: WireOptions): Promise<PlainAnswer> {
  const path = `/v2/${name}/manifests/${tag}`;
  return client.authorized({ method: 'GET', path, headers: { accept: OCI_INDEX } }, name, wire);
}

/** Entries without a valid digest are left out: clients cannot fetch them either. */
function listIn(body: Buffer): Referrer[] | undefined {
  try {
    const { manifests } = JSON.parse(body.toString('utf8')) as { manifests?: unknown };
    if (!Array.isArray(manifests)) return undefined;
    return (manifests as (Partial<Record<string, unknown>> | null)[]).flatMap((one) => {
      const { digest, artifactType } = one ?? {};
      if (typeof digest !== 'string' || !isDigest(digest)) return [];
      return { digest, artifactType: typeof artifactType === 'string' ? artifactType : '' };
    });
  } catch {
    return undefined;
  }
}
