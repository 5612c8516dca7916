import { canaryPod, nodeImages, podImages, type NodeImage, type PodImage, type Verdict } from '../../clients';
import { compact } from '../../compact';
import type { Declaration } from '../../declaration/declaration';
import { HarborApiError, UsageError } from '../../errors';
import type { HarborClient } from '../../harbor';
import { cacheOf } from '../../inventory/cache';
import { parseImageName } from '../../oci';
import { CLUSTER_HINT } from '../cluster-images';
import type { AppContext } from '../context';
import { loadOrThrow, type PolicySource } from '../load';
import { withSession } from '../session';
import { readText } from '../text-file';

/** Harbor's records about one image that runs in a cluster or is stored on a node. */
export interface VerifiedPod {
  /** Absent for an image that no pod of the list runs. */
  readonly pod?: string;
  readonly node: string;
  readonly image: string;
  readonly digest?: string;
  readonly verdict: Verdict;
  readonly because: string;
}

/** One entry for each image of a pod, and for each image of a node that no pod runs. */
export interface PodVerification {
  readonly harborUrl: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly pods: readonly VerifiedPod[];
  /** Images of registries that no project caches. */
  readonly notCached: number;
}

/**
 * Passive proof: compares what runs with what Harbor served. Harbor does not keep records forever and stores an index
 * under another digest, so an image that Harbor does not know is no proof of a bypass; only a canary pod is.
 * @throws DeclarationError, UsageError, IdentityError, NetworkError, SecretError
 */
export async function verifyPods(
  context: AppContext,
  options: PolicySource & { readonly pods: string },
): Promise<PodVerification> {
  const startedAt = new Date();
  const declaration = await loadOrThrow(context, options);
  const { images, ofNodes } = await readCluster(options.pods);
  return withSession(context, declaration, async ({ client, harbor }) => {
    const projectOf = projectsByRegistry(declaration);
    const cached = images.filter(({ image, isCanary }) => isCanary || projectOf(image) !== undefined);
    const pods: VerifiedPod[] = [];
    for (const one of cached)
      pods.push(one.isCanary ? fromCanary(one) : await fromRecords(client, one, projectOf(one.image)!));
    const { host } = cacheOf(declaration);
    const idle = ofNodes.filter((one) => !images.some((pod) => isSame(pod, one)));
    const known = idle.flatMap((one) => {
      const place = projectOf(one.image);
      return place ? [{ one, place }] : [];
    });
    for (const { one, place } of known) pods.push(await fromNode(client, one, place, host));
    return {
      harborUrl: harbor.url,
      startedAt,
      durationMs: Date.now() - startedAt.getTime(),
      pods,
      notCached: images.length - cached.length + idle.length - known.length,
    };
  });
}

interface Cluster {
  readonly images: readonly PodImage[];
  readonly ofNodes: readonly NodeImage[];
}

/**
 * One file may have pods, nodes, or both.
 * @throws UsageError if it has neither
 */
async function readCluster(file: string): Promise<Cluster> {
  const text = await readText(file, CLUSTER_HINT);
  try {
    const document: unknown = JSON.parse(text);
    const [images, ofNodes] = [podImages(document), nodeImages(document)];
    if (images && ofNodes) return { images, ofNodes };
  } catch {
    // Not JSON.
  }
  throw new UsageError(`${file} is not a list of pods or nodes`, CLUSTER_HINT);
}

/** The image of a pod is judged by the time at which the pod started. */
function isSame(pod: PodImage, { node, digest }: NodeImage): boolean {
  return pod.node === node && digest !== undefined && pod.digest === digest;
}

interface Place {
  readonly project: string;
  readonly repository: string;
}

/** The project and the repository that serve an image, from its name in a pod. */
type ProjectOf = (image: string) => Place | undefined;

/**
 * A name of the cache tells its project. A public name is in the first declared project that caches its
 * registry.
 */
function projectsByRegistry(declaration: Declaration): ProjectOf {
  const { host, projects } = cacheOf(declaration);
  return (image) => {
    const parsed = parseImageName(image);
    if ('problem' in parsed) return undefined;
    const { registry, repository } = parsed.value;
    if (registry === host) {
      const [project = '', ...rest] = repository.split('/');
      return projects.some(({ name }) => name === project) ? { project, repository: rest.join('/') } : undefined;
    }
    const found = projects.find(({ upstream }) => upstream === registry);
    return found && { project: found.name, repository };
  };
}

function fromCanary(one: PodImage): VerifiedPod {
  const shown = canaryPod(one);
  const about = { pod: one.pod, node: one.node, image: one.image };
  if (shown.shows === 'pulled')
    return { ...about, verdict: 'served by the cache', because: 'the node pulled an image that only the cache has' };
  if (shown.shows === 'missing')
    return {
      ...about,
      verdict: 'bypassed',
      because: `the node did not find an image that only the cache has: ${shown.why}`,
    };
  return { ...about, verdict: 'cannot tell', because: shown.why };
}

async function fromRecords(client: HarborClient, one: PodImage, place: Place): Promise<VerifiedPod> {
  const about = compact<Pick<VerifiedPod, 'pod' | 'node' | 'image' | 'digest'>>({
    pod: one.pod,
    node: one.node,
    image: one.image,
    digest: one.digest,
  });
  const because = await recordOf(client, one, place);
  return { ...about, verdict: because.served ? 'served by the cache' : 'cannot tell', because: because.words };
}

/**
 * A node reports which images it has, but not when or where it pulled them. Only a name that contains Harbor's own host
 * proves the source: no other server has that name.
 */
async function fromNode(
  client: HarborClient,
  one: NodeImage,
  place: Place,
  host: string | undefined,
): Promise<VerifiedPod> {
  const about = compact<Pick<VerifiedPod, 'node' | 'image' | 'digest'>>({
    node: one.node,
    image: one.image,
    digest: one.digest,
  });
  if (host !== undefined && one.image.startsWith(`${host}/`))
    return {
      ...about,
      verdict: 'served by the cache',
      because: `the name is Harbor’s own: nothing but ${host} serves it`,
    };
  return { ...about, verdict: 'cannot tell', because: await nodeRecord(client, one, place) };
}

/** Only a reason, never a verdict: the time of the pull on the node is not known. */
async function nodeRecord(client: HarborClient, { digest, nodeSince }: NodeImage, place: Place): Promise<string> {
  if (digest === undefined) return 'the node names no digest of the image';
  const pulledAt = await lastPull(client, digest, place);
  if (typeof pulledAt === 'string') return pulledAt;
  const at = new Date(pulledAt).toISOString();
  const { project } = place;
  return nodeSince !== undefined && pulledAt + LEEWAY_MS < Date.parse(nodeSince)
    ? `${project} recorded the last pull at ${at}, before the node existed: it was pulled elsewhere, or is part of the node image`
    : `${project} recorded the last pull at ${at}; a node does not report when it pulled: use a running pod or a canary pod`;
}

interface Recorded {
  readonly served: boolean;
  readonly words: string;
}

/** Pulls are recorded some seconds late, and clocks differ. */
const LEEWAY_MS = 15 * 60_000;

async function recordOf(client: HarborClient, { digest, startedAt }: PodImage, place: Place): Promise<Recorded> {
  if (digest === undefined) return { served: false, words: 'the runtime reports no digest of the image' };
  const pulledAt = await lastPull(client, digest, place);
  return typeof pulledAt === 'string'
    ? { served: false, words: pulledAt }
    : judgeRecord(place.project, startedAt, pulledAt);
}

/** When Harbor last served an image, or why that is unknown. */
async function lastPull(
  client: HarborClient,
  digest: string,
  { project, repository }: Place,
): Promise<number | string> {
  const encoded = encodeURIComponent(encodeURIComponent(repository));
  const path = `/projects/${encodeURIComponent(project)}/repositories/${encoded}/artifacts/${digest}`;
  try {
    const artifact = await client.get<{ pull_time?: string }>(path);
    const pulledAt = Date.parse(artifact.pull_time ?? '');
    return pulledAt > 0 ? pulledAt : `${project} has it, but Harbor recorded no pull`;
  } catch (error) {
    if (!(error instanceof HarborApiError) || error.status !== 404) throw error;
    return `${project} has no ${repository}@${digest.slice(0, 19)}…: it was pulled elsewhere or removed since, or it is an index that Harbor stores under another digest`;
  }
}

/** The record contains only the last pull, by any client: it belongs to this container only if the times match. */
function judgeRecord(project: string, startedAt: string | undefined, pulledAt: number): Recorded {
  const at = new Date(pulledAt).toISOString();
  if (startedAt === undefined)
    return { served: false, words: `pulled from ${project} at ${at}; the container never ran` };
  const apart = pulledAt - Date.parse(startedAt);
  if (Math.abs(apart) <= LEEWAY_MS)
    return { served: true, words: `pulled from ${project} at ${at}, when the container started` };
  return {
    served: false,
    words: `last pulled from ${project} at ${at}, ${apart < 0 ? 'before' : 'after'} the container started`,
  };
}
