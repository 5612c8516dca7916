import type { RequestRecord } from '../../../oci';
import type { Failure, Findings } from '../findings';
import { foundBy, isProblem, problemIs, type Rule } from '../rule';
import { isServing, upstreamName } from './upstream';

/**
 * Bytes that were damaged on the way do not show how the image was built: then the image cannot be called malformed.
 */
const isIntact = ({ problems }: Findings): boolean =>
  !problems.some(({ kind }) => ['wrong-bytes', 'short-bytes', 'wrong-manifest', 'stale'].includes(kind));

/**
 * The image of a failure. What is known about the upstream's manifest is about one image, so a failure that could be
 * about several images gets no cause from it.
 */
const onlyImage = ({ result }: Failure, { project }: Findings): string | undefined =>
  result.image ?? (project?.images.length === 1 ? project.images[0] : undefined);

/** Harbor answered a request for a blob with a redirect to its storage: the setting `redirect` of an S3 bucket. */
const isSentFor = ({ status = 0, url }: RequestRecord): boolean =>
  status >= 300 && status < 400 && /\/v2\/.+\/blobs\//.test(url);

/**
 * Where Harbor sent a client for a blob, and the client got none:
 *
 *      GET /v2/…/blobs/sha256:…     307, Location: http://minio:9000/…     not followed: out of TLS
 *      GET /v2/…/blobs/sha256:…     307, Location: https://s3.internal/…   followed: no response, or an error
 */
function storageOf({ problem, result }: Failure, { problems, host }: Findings): string | undefined {
  const to = problems.find(({ kind }) => kind === 'redirect-elsewhere')?.subject;
  if (problem) return problem.kind === 'redirect-elsewhere' ? to : undefined;
  const at = result.requests.findLastIndex(isSentFor);
  const last = at < 0 ? undefined : result.requests.at(-1);
  if (!last || !URL.canParse(last.url)) return undefined;
  // A client follows no redirect out of TLS.
  if (isSentFor(last)) return to;
  const isLost = last.status === undefined || last.status >= 400;
  const { origin, host: storage } = new URL(last.url);
  return isLost && storage !== host ? origin : undefined;
}

/** A storage that returns an error can be reached. */
function storageFault({ problem, result }: Failure): string {
  const status = problem ? undefined : result.requests.at(-1)?.status;
  return status === undefined || status < 400 ? 'which clients cannot reach' : `which returns ${status} to clients`;
}

/**
 * Problems of an image, or of the path of its responses. The upstream, asked from here, decides who is to blame:
 *
 *      found by a check        and further                                cause
 *      wrong-manifest          -                                          damaged-manifest
 *      digest-differs          the upstream has the digest of GET         wrong-announced-digest
 *      missing-platform        the upstream has the platform              index-trimmed (docs/harbor-behavior.md 10.6)
 *      missing-platform        the upstream does not have it either       image-platform
 *      image-malformed         and no bytes were damaged                  image-malformed
 *      referrers-hidden        proxy_referrer_api is not on in Harbor     referrers-off
 *      referrers-hidden        otherwise                                  referrers-hidden
 *      not-listed              a short name of Docker Hub, served         short-name
 *      not-a-manifest          the upstream and Harbor serve it           front-door-changes-answers
 *      headers-changed         the upstream sends the digest              front-door-changes-answers
 *      headers-changed         the upstream sends none                    upstream-changes-answers
 *      a blob is redirected    and not served there                       storage-redirect
 *
 * Rules above these know more: `wrong-manifest` arrives here only if the upstream's manifest is not known (see BYTES).
 * signature-missing, clients-differ, ranges, error-page and slow need nothing but the finding of their check.
 */
export const IMAGE: readonly Rule[] = [
  {
    kind: 'damaged-manifest',
    rank: 'outage',
    party: 'Harbor or the upstream',
    seen: problemIs('wrong-manifest'),
    say: () => ({
      words: 'manifests arrive with wrong bytes',
      whatToDo: "pull the same image from the upstream: if it is correct there, delete it from Harbor's cache",
    }),
  },
  {
    kind: 'wrong-announced-digest',
    rank: 'outage',
    party: 'Harbor',
    // Clients compare the body of GET with the digest of HEAD. GET is right if the upstream has the same.
    seen: (failure, { originManifest }) =>
      isProblem(failure, 'digest-differs') && originManifest?.digest === failure.problem?.value
        ? [foundBy(failure), { label: 'the upstream gives', value: originManifest?.digest ?? '' }]
        : undefined,
    say: () => ({
      words: 'HEAD announces another digest than the manifest has: clients refuse it',
      whatToDo: "delete the artifact from Harbor's cache and pull again; if it persists, check the proxy in front",
    }),
  },
  {
    kind: 'index-trimmed',
    rank: 'outage',
    party: 'Harbor',
    // After 400 s at most, Harbor stores an index of the children that are cached by then (docs/harbor-behavior.md
    // 10.6). Clients get that one when the upstream cannot be reached.
    seen: (failure, findings) => {
      const { originManifest } = findings;
      const missing = (failure.problem?.subject ?? '').split(', ');
      const isOffered = missing.every((platform) => originManifest?.platforms.includes(platform));
      return isProblem(failure, 'missing-platform') && isOffered && onlyImage(failure, findings) !== undefined
        ? [foundBy(failure), { label: 'the upstream offers', value: originManifest?.platforms.join(', ') ?? '' }]
        : undefined;
    },
    say: ({ problem }, findings) => ({
      words: `Harbor's cached index has no ${problem?.subject ?? 'such platform'}, the one of ${upstreamName(findings)} has`,
      whatToDo:
        "delete the artifact from Harbor's cache, then pull every platform once while the upstream can be reached",
    }),
  },
  {
    kind: 'image-platform',
    rank: 'proof',
    party: 'declaration',
    seen: (failure, { originManifest }) => {
      const missing = (failure.problem?.subject ?? '').split(', ');
      const isOffered = missing.every((platform) => originManifest?.platforms.includes(platform));
      if (!isProblem(failure, 'missing-platform') || originManifest?.digest === undefined || isOffered)
        return undefined;
      const offered = originManifest.platforms.join(', ') || 'a single image';
      return [foundBy(failure), { label: 'the upstream offers', value: offered }];
    },
    say: ({ problem, result }, { originManifest, project }) => ({
      words:
        originManifest?.platforms.length === 0 && (project?.platforms.length ?? 0) > 1
          ? `${result.image ?? 'the declared image'} is a single image, but ${problem?.subject ?? 'platforms'} are required`
          : `${result.image ?? 'the declared image'} does not support ${problem?.subject ?? 'the platform'}`,
      whatToDo: 'the upstream has no such platform either: change conformance.platforms, or declare another image',
    }),
  },
  {
    kind: 'image-malformed',
    rank: 'proof',
    party: 'upstream',
    seen: (failure, findings) =>
      isProblem(failure, 'image-malformed') && isIntact(findings)
        ? [foundBy(failure), { label: 'bytes', value: 'have the digests that the image names' }]
        : undefined,
    say: ({ problem, result }) => ({
      words: `${result.image ?? 'the declared image'} is broken: ${problem?.subject ?? 'it is not consistent'}`,
      whatToDo: 'report it to the publisher of the image, and declare another one under conformance.pull',
    }),
  },
  {
    kind: 'referrers-off',
    rank: 'outage',
    party: 'declaration',
    // Harbor returns all metadata as strings, and omits those that were never set (docs/harbor-behavior.md 5.3).
    seen: (failure, { live }) =>
      isProblem(failure, 'referrers-hidden') &&
      live?.state === 'present' &&
      live.metadata['proxy_referrer_api'] !== 'true'
        ? [
            foundBy(failure),
            { label: 'proxy_referrer_api in Harbor', value: live.metadata['proxy_referrer_api'] ?? 'not set' },
          ]
        : undefined,
    say: (_failure, { project }) => ({
      words: 'Harbor hides the signatures of the upstream: proxy_referrer_api is off',
      whatToDo: 'turn it on: images with hidden signatures look unsigned, and policy controllers refuse them',
      command: `breakwater apply --target project/${project?.name ?? ''}`,
    }),
  },
  {
    kind: 'referrers-hidden',
    rank: 'outage',
    party: 'Harbor',
    seen: problemIs('referrers-hidden'),
    say: () => ({
      words: 'Harbor hides signatures that the upstream has: signed images look unsigned',
      whatToDo: 'Harbor 2.16 serves them with proxy_referrer_api: true; until then verify at the upstream',
    }),
  },
  {
    kind: 'signature-missing',
    rank: 'outage',
    party: 'Harbor',
    seen: problemIs('signature-missing'),
    say: () => ({
      words: 'signatures that the upstream serves cannot be fetched through Harbor',
      whatToDo: 'check that proxy_cache_filter_pattern allows them, then pull the tag sha256-….sig once by hand',
    }),
  },
  {
    kind: 'clients-differ',
    rank: 'outage',
    party: 'Harbor',
    seen: problemIs('clients-differ'),
    say: () => ({
      words: 'clients get different images for one tag',
      whatToDo: "delete the artifact from Harbor's cache and pull again; if it persists, upgrade Harbor",
    }),
  },
  {
    kind: 'short-name',
    rank: 'proof',
    party: 'Harbor',
    // Pulls of short names are redirected to library/ (docs/harbor-behavior.md 10.1); up to 2.15 tag lists are not.
    seen: (failure, { project, again }) => {
      const isShort =
        project?.registryType === 'docker-hub' && /^(library\/)?[^/]+$/.test(failure.problem?.subject ?? '');
      return isProblem(failure, 'not-listed') && isShort && again === 200 ? [foundBy(failure)] : undefined;
    },
    say: ({ problem }) => ({
      words: `Harbor lists no tags of ${problem?.subject ?? 'short names'}: Docker Hub knows it as library/…`,
      whatToDo: 'have Renovate and Flux use the name with library/; Harbor 2.16 lists both',
    }),
  },
  {
    kind: 'storage-redirect',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, findings) => {
      const to = storageOf(failure, findings);
      return to === undefined ? undefined : [{ label: 'redirected to', value: to }];
    },
    say: (failure, findings) => ({
      words: `layers are redirected to ${storageOf(failure, findings) ?? 'a host'}, ${storageFault(failure)}`,
      whatToDo: 'set storage_service.redirect.disable: true in harbor.yml, or give the storage a public https endpoint',
    }),
  },
  {
    kind: 'front-door-changes-answers',
    rank: 'outage',
    party: 'front door',
    // A pull works, and the upstream gives this machine the headers, which Harbor passes on.
    seen: (failure, { origin, again, isOfRegistry, project }) => {
      const isServed = isServing(origin);
      const isType = isProblem(failure, 'not-a-manifest') && isServed && again === 200 && isOfRegistry === false;
      // Headers that the upstream itself lacks, Harbor cannot pass on: without a look at them nobody is accused.
      const sends = project?.origin === undefined || (isServed && origin.digest !== undefined);
      const isChanged = isProblem(failure, 'headers-changed') && (again === undefined || again === 200) && sends;
      return isType || isChanged ? [foundBy(failure)] : undefined;
    },
    say: (_failure, { host }) => ({
      words: `a proxy in front of ${host} changes response headers`,
      whatToDo: 'turn off compression, buffering and header rewriting for /v2/ in the proxy in front of Harbor',
    }),
  },
  {
    kind: 'upstream-changes-answers',
    rank: 'outage',
    party: 'upstream',
    seen: (failure, { origin }) =>
      isProblem(failure, 'headers-changed') &&
      origin?.state === 'answers' &&
      origin.status === 200 &&
      origin.digest === undefined
        ? [foundBy(failure), { label: 'digest from the upstream', value: 'none' }]
        : undefined,
    say: (_failure, findings) => ({
      words: `${upstreamName(findings)} returns manifests without the headers that clients need`,
      whatToDo: 'check for a proxy in front of the upstream that changes headers; it must send Docker-Content-Digest',
    }),
  },
  {
    kind: 'ranges-not-served',
    rank: 'soon',
    party: 'front door',
    seen: problemIs('ranges'),
    say: (_failure, { host }) => ({
      words: `${host} does not resume broken downloads: range requests get another response`,
      whatToDo: 'have the proxy in front of Harbor pass on Range, and check the storage of the registry',
    }),
  },
  {
    kind: 'error-pages',
    rank: 'soon',
    party: 'front door',
    seen: problemIs('error-page'),
    say: (_failure, { host }) => ({
      words: `${host} replaces registry errors with HTML pages`,
      whatToDo: 'turn off custom error pages for /v2/ in the proxy in front of Harbor',
    }),
  },
  {
    kind: 'slow',
    rank: 'soon',
    party: 'network',
    seen: problemIs('slow'),
    say: () => ({
      words: 'layers arrive slowly',
      whatToDo:
        'pull the image a second time: if it is slow again, check the network to Harbor and its disk; otherwise the upstream is slow',
    }),
  },
];
