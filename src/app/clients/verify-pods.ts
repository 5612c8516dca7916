import { readFile } from 'node:fs/promises';
import { canaryPod, podImages, type PodImage, type Verdict } from '../../clients';
import { compact } from '../../compact';
import type { Declaration } from '../../declaration/declaration';
import { HarborApiError, UsageError } from '../../errors';
import type { HarborClient } from '../../harbor';
import { cacheOf } from '../../inventory/cache';
import { parseImageName } from '../../oci';
import type { AppContext } from '../context';
import { loadOrThrow, type PolicySource } from '../load';
import { withSession } from '../session';

/** What Harbor's records say about one image that runs in a cluster. */
export interface VerifiedPod {
  readonly pod: string;
  readonly node: string;
  readonly image: string;
  readonly digest?: string;
  readonly verdict: Verdict;
  readonly because: string;
}

export interface PodVerification {
  readonly harborUrl: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly pods: readonly VerifiedPod[];
  /** Images of registries that no project caches. */
  readonly notCached: number;
}

/**
 * Passive proof: what runs, compared with what Harbor gave out. Harbor keeps no record forever and stores an index under
 * another digest, so that an image it does not know is no proof of a bypass; only a canary pod is.
 * @throws DeclarationError, UsageError, IdentityError, NetworkError, SecretError
 */
export async function verifyPods(
  context: AppContext,
  options: PolicySource & { readonly pods: string },
): Promise<PodVerification> {
  const startedAt = new Date();
  const declaration = await loadOrThrow(context, options);
  const images = await readPods(options.pods);
  return withSession(context, declaration, async ({ client, harbor }) => {
    const projectOf = projectsByRegistry(declaration);
    const cached = images.filter(({ image, isCanary }) => isCanary || projectOf(image) !== undefined);
    const pods: VerifiedPod[] = [];
    for (const one of cached)
      pods.push(one.isCanary ? fromCanary(one) : await fromRecords(client, one, projectOf(one.image)!));
    return {
      harborUrl: harbor.url,
      startedAt,
      durationMs: Date.now() - startedAt.getTime(),
      pods,
      notCached: images.length - cached.length,
    };
  });
}

async function readPods(file: string): Promise<PodImage[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file} cannot be read`, 'write it with kubectl get pods -A -o json');
  });
  try {
    const images = podImages(JSON.parse(text));
    if (images) return images;
  } catch {
    // Not JSON.
  }
  throw new UsageError(`${file} is not a list of pods`, 'write it with kubectl get pods -A -o json');
}

/** The project and the repository that serve an image, by its name in a pod. */
type ProjectOf = (image: string) => { readonly project: string; readonly repository: string } | undefined;

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

async function fromRecords(
  client: HarborClient,
  one: PodImage,
  { project, repository }: { readonly project: string; readonly repository: string },
): Promise<VerifiedPod> {
  const about = compact<Pick<VerifiedPod, 'pod' | 'node' | 'image' | 'digest'>>({
    pod: one.pod,
    node: one.node,
    image: one.image,
    digest: one.digest,
  });
  const because = await recordOf(client, one, project, repository);
  return { ...about, verdict: because.served ? 'served by the cache' : 'cannot tell', because: because.words };
}

interface Recorded {
  readonly served: boolean;
  readonly words: string;
}

/** Pulls are recorded some seconds late, and clocks differ. */
const LEEWAY_MS = 15 * 60_000;

async function recordOf(
  client: HarborClient,
  { digest, startedAt }: PodImage,
  project: string,
  repository: string,
): Promise<Recorded> {
  if (digest === undefined) return { served: false, words: 'the runtime gives no digest of the image' };
  const encoded = encodeURIComponent(encodeURIComponent(repository));
  const path = `/projects/${encodeURIComponent(project)}/repositories/${encoded}/artifacts/${digest}`;
  try {
    const artifact = await client.get<{ pull_time?: string }>(path);
    const pulledAt = Date.parse(artifact.pull_time ?? '') || 0;
    return judgeRecord(project, startedAt, pulledAt);
  } catch (error) {
    if (!(error instanceof HarborApiError) || error.status !== 404) throw error;
    return {
      served: false,
      words: `${project} has no ${repository}@${digest.slice(0, 19)}…: pulled elsewhere, removed since, or an index that Harbor stores under another digest`,
    };
  }
}

/** The record is of the last pull alone, no matter who made it: only one at the time of this container is of it. */
function judgeRecord(project: string, startedAt: string | undefined, pulledAt: number): Recorded {
  if (pulledAt === 0) return { served: false, words: `${project} has it, and no pull of it is recorded` };
  const at = new Date(pulledAt).toISOString();
  if (startedAt === undefined)
    return { served: false, words: `${project} gave it out at ${at}; the container never ran` };
  const apart = pulledAt - Date.parse(startedAt);
  if (Math.abs(apart) <= LEEWAY_MS)
    return { served: true, words: `${project} gave it out at ${at}, when the container started` };
  return {
    served: false,
    words: `${project} last gave it out at ${at}, ${apart < 0 ? 'before' : 'after'} the container started`,
  };
}
