import { compact } from '../../compact';
import { manifestReference, RegistryClient, type RetryPolicy } from '../../oci';
import { describeAnswer } from '../answer-words';
import { readRateLimit, type RateLimit } from './rate-limit';
import { readArtifact } from '../harbor-api';
import type { PullContext } from '../model/context';
import type { ConformanceTarget, ProjectTarget } from '../model/target';
import { openUpstream } from './open-upstream';
import { waitUntilCached, type Caching } from './caching';
import { namedImage } from './named-image';
import { pullImage, type PulledImage } from './pull';
import { pullerOf } from './puller';

/** Also decides how long `untilStored` waits. */
export interface CachePullerOptions {
  /** Factor for Harbor's waits; 1 for a real Harbor. */
  readonly timeScale: number;
  readonly signal: AbortSignal;
  readonly retry?: RetryPolicy;
}

/** A pull for `warm`, which slows down after a 429. */
export interface WarmedPull extends PulledImage {
  /** Some request was refused with 429: by the upstream's limit, or by Harbor's own. */
  readonly isLimited: boolean;
}

/** Pulls single images through the cache. Images are named below their project. */
export interface CachePuller {
  /** Whether Harbor has the current upstream version of this image; undefined if that is not known. */
  isStored(project: ProjectTarget, image: string): Promise<boolean | undefined>;
  /** Why clients would not get this image, or not the upstream's version; undefined if they would. Uses only HEAD. */
  problemWith(project: ProjectTarget, image: string): Promise<string | undefined>;
  pull(project: ProjectTarget, image: string, platforms: readonly string[]): Promise<WarmedPull>;
  untilStored(project: ProjectTarget, image: string, pulled: PulledImage): Promise<Caching>;
  /** The remaining pulls of the upstream; undefined if it has no limit or cannot be reached. */
  limitOf(project: ProjectTarget, image: string): Promise<RateLimit | undefined>;
  close(): Promise<void>;
}

/** The caller must `close` it. Requests are not recorded, because nothing reports them. */
export function openCachePuller(target: ConformanceTarget, options: CachePullerOptions): CachePuller {
  const { timeScale, signal, retry } = options;
  const client = RegistryClient.open(compact({ url: target.harborUrl, ca: target.ca, retry }));
  const contextFor = (project: ProjectTarget, record: PullContext['wire']['record'] = () => undefined): PullContext =>
    compact({
      target,
      wire: { record, signal },
      signal,
      timing: { timeScale, deep: false },
      anonymous: client,
      waiting: () => undefined,
      project,
      puller: pullerOf(client, project),
    });
  return {
    isStored: (project, image) => isStored(contextFor(project), image),
    problemWith: (project, image) => problemWith(contextFor(project), image),
    async pull(project, image, platforms) {
      let isLimited = false;
      const context = contextFor(project, ({ status }) => {
        if (status === 429) isLimited = true;
      });
      const pulled = await pullImage(context.puller, namedImage(project.name, image), platforms, context.wire);
      return { ...pulled, isLimited };
    },
    untilStored: (project, image, pulled) =>
      waitUntilCached(contextFor(project), namedImage(project.name, image), pulled),
    limitOf: async (project, image) =>
      project.origin && readRateLimit(contextFor(project), image).catch(() => undefined),
    close: () => client.close(),
  };
}

/**
 * A tag is looked up at the upstream with HEAD, which no upstream counts. Harbor stores an index under its own digest:
 * whether a stored one moved is unknown, so it counts as stored.
 */
async function isStored(context: PullContext, text: string): Promise<boolean | undefined> {
  const { image, name } = namedImage(context.project.name, text);
  const reference = manifestReference(image);
  const answer = await readArtifact(context, image.repository, reference, context.wire);
  if (answer.state === 'absent') return false;
  if (answer.state !== 'present') return undefined;
  if (image.digest !== undefined || answer.artifact.children.length > 0) return true;
  const head = await context.puller.manifest('HEAD', name, reference, context.wire);
  // Another status says nothing about the stored version, and clients would not get the image.
  return head.status === 200 ? head.headerDigest === answer.artifact.digest : undefined;
}

/**
 *      HEAD through Harbor     digest that is expected           result
 *      not 200                 -                                 clients get an error
 *      200                     declared, or the upstream's       undefined if it is the same
 *      200                     not known: upstream out of reach  undefined: the cache serves it
 */
async function problemWith(context: PullContext, text: string): Promise<string | undefined> {
  const { image, name } = namedImage(context.project.name, text);
  const reference = manifestReference(image);
  const head = await context.puller.manifest('HEAD', name, reference, context.wire);
  if (head.status !== 200) return `the cache returns ${describeAnswer(head)}`;
  const wanted = image.digest ?? (await upstreamDigest(context, text));
  return wanted === undefined || head.headerDigest === wanted
    ? undefined
    : `the cache serves ${head.headerDigest ?? 'no digest'}, the upstream ${wanted}`;
}

/** Undefined if the upstream cannot be reached or does not respond: then only the cache decides. */
async function upstreamDigest({ project, wire }: PullContext, text: string): Promise<string | undefined> {
  if (!project.origin) return undefined;
  const { image } = namedImage(project.name, text);
  const upstream = openUpstream(project.origin);
  try {
    const head = await upstream.manifest('HEAD', image.repository, manifestReference(image), wire);
    return head.status === 200 ? head.headerDigest : undefined;
  } catch {
    return undefined;
  } finally {
    await upstream.close();
  }
}
