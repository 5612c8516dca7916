import { isDigest, manifestReference, referrersTag, type RegistryClient, type WireOptions } from '../../oci';
import { counted } from '../answer-words';
import { hasFeature } from '../harbor-version';
import type { ProjectContext } from '../model/check';
import { HIDDEN_REFERRERS } from '../model/deviation';
import { evidence, fail, knownDeviation, pass, skip, type Outcome } from '../model/outcome';
import { problem } from '../model/problem';
import { readBlob } from '../pull/blob-reading';
import { fetchManifest, type NotFetched } from '../pull/manifest-reading';
import type { NamedImage } from '../pull/named-image';
import { openUpstream } from '../pull/open-upstream';
import { perImage } from './per-image';
import { findReferrers, withoutList, type Referrer } from './referrers';

/** An image that is identical in Harbor and at the upstream. */
interface Signed {
  readonly context: ProjectContext;
  readonly image: NamedImage;
  readonly digest: string;
  readonly upstream: RegistryClient;
}

/** Runs a check for every image that Harbor serves unchanged; the upstream is queried from this machine. */
export async function perSignedImage(
  context: ProjectContext,
  look: (signed: Signed) => Promise<Outcome>,
): Promise<Outcome> {
  const { origin, proxy } = context.project;
  if (!proxy) return skip('not a proxy cache project');
  if (!origin) return skip('this run does not know the upstream');
  const upstream = openUpstream(origin);
  try {
    return await perImage(context, async (image) => {
      const digest = await commonDigest(context, image, upstream);
      return 'why' in digest ? skip(digest.why) : look({ context, image, upstream, digest: digest.value });
    });
  } finally {
    await upstream.close();
  }
}

async function commonDigest(
  { puller, wire }: ProjectContext,
  { image, name }: NamedImage,
  upstream: RegistryClient,
): Promise<{ readonly value: string } | { readonly why: string }> {
  const reference = manifestReference(image);
  const there = await headDigest(upstream, image.repository, reference, wire);
  if (there === undefined) return { why: 'the upstream cannot be reached from here, or does not have the image' };
  const here = await headDigest(puller, name, reference, wire);
  if (here === undefined) return { why: 'no digest to request (see M1)' };
  return here === there ? { value: here } : { why: 'Harbor serves another digest than the upstream (see M6)' };
}

async function headDigest(
  client: RegistryClient,
  name: string,
  reference: string,
  wire: WireOptions,
): Promise<string | undefined> {
  const { status, headerDigest = '' } = await client.manifest('HEAD', name, reference, wire);
  return status === 200 && isDigest(headerDigest) ? headerDigest : undefined;
}

/** Artifacts of the image at the upstream that Harbor does not list, and the result. */
export async function lookForReferrers(
  { context, image, digest, upstream }: Signed,
  what: string,
  isSuch: (referrer: Referrer) => boolean,
): Promise<Outcome> {
  const { puller, wire, harborVersion } = context;
  const there = await findReferrers(upstream, image.image.repository, digest, wire);
  if (there.state !== 'listed') return skip(`the upstream does not list referrers`);
  const wanted = there.referrers.filter(isSuch);
  if (wanted.length === 0) return skip(`the upstream has no ${what} of it`);
  const here = await findReferrers(puller, image.name, digest, wire);
  if (here.state !== 'listed') return withoutList(here);
  const listed = new Set(here.referrers.map((one) => one.digest));
  const hidden = wanted.filter((one) => !listed.has(one.digest));
  const shown = [evidence('at the upstream', wanted.length), evidence('through Harbor', wanted.length - hidden.length)];
  if (hidden.length > 0) {
    const words = `${hidden.length} of ${counted(wanted.length, what)} at the upstream not listed by Harbor`;
    return hasFeature(harborVersion, 'proxiedReferrers') === false
      ? knownDeviation(HIDDEN_REFERRERS, words, shown)
      : fail(words, shown, [problem('referrers-hidden', what, String(hidden.length))]);
  }
  const wrong = await wrongIn(
    context,
    image,
    wanted.map((one) => one.digest),
  );
  return wrong.words.length > 0
    ? fail(wrong.words.join('; '), shown, wrong.isKnown ? [problem('signature-missing', what)] : [])
    : pass(`${counted(wanted.length, what)} found and fetched`, shown);
}

interface Wrong {
  readonly words: readonly string[];
  /** One is missing, or has other bytes. A limit, a failure or a refusal says nothing about signatures. */
  readonly isKnown: boolean;
}

/** All of it must be served, byte for byte: a signature without its payload is useless. */
async function wrongIn(
  { puller, wire }: ProjectContext,
  { name }: NamedImage,
  digests: readonly string[],
): Promise<Wrong> {
  const words: string[] = [];
  let isKnown = false;
  for (const digest of digests) {
    const found = await fetchManifest(puller, name, digest, wire);
    if ('problem' in found) {
      words.push(found.problem);
      isKnown ||= isOfSignature(found);
    } else if (found.manifest.kind === 'image')
      for (const layer of found.manifest.layers) {
        const { problem: wrong, kind, answer } = await readBlob(puller, name, layer, wire);
        if (wrong === undefined) continue;
        words.push(wrong);
        isKnown ||= kind !== undefined || answer.status === 404;
      }
  }
  return { words, isKnown };
}

const isOfSignature = ({ isMissing, isWrong }: NotFetched): boolean => isMissing === true || isWrong === true;

/** The signature that cosign stores under the tag `sha256-….sig`. */
export async function lookForTag({ context, image, digest, upstream }: Signed): Promise<Outcome> {
  const { puller, wire } = context;
  const tag = `${referrersTag(digest)}.sig`;
  const there = await headDigest(upstream, image.image.repository, tag, wire);
  if (there === undefined) return skip('the upstream has no signature under a cosign tag');
  const found = await fetchManifest(puller, image.name, tag, wire);
  const shown = [evidence('tag', tag)];
  if ('problem' in found)
    return fail(found.problem, shown, isOfSignature(found) ? [problem('signature-missing', 'signature')] : []);
  if (found.digest !== there)
    return fail(`Harbor serves ${found.digest} for the signature, the upstream ${there}`, shown, [problem('stale')]);
  const wrong = await wrongIn(context, image, [found.digest]);
  return wrong.words.length > 0
    ? fail(wrong.words.join('; '), shown, wrong.isKnown ? [problem('signature-missing', 'signature')] : [])
    : pass('found and fetched', shown);
}
