import type { RequestRecord } from '../../oci';
import { mapBounded } from '../../map-bounded';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { THUNDERING_HERD } from '../model/deviation';
import type { NamedImage } from '../pull/named-image';
import { evidence, fail, knownDeviation, pass, skip, type Evidence, type Outcome } from '../model/outcome';
import { FETCHES_ITSELF_AFTER_MS } from '../pull/caching';
import { pullImage, type PulledImage } from '../pull/pull';
import { countingBlobs } from '../pull/pull-and-wait';
import { needsHealthyUpstream, scratchImage } from '../support/scratch';
import type { UpstreamControl } from '../model/target';
import { requestsForImage } from '../support/upstream-log';

/**
 *      ten clients, cold                                     verdict
 *      one of them wrong, a 5xx, or different images         fail
 *      a blob fetched more than twice for each request       fail
 *      a blob fetched more than twice in all                 known deviation
 *      at most twice: for a client and for Harbor's storage  pass
 */
export const check: ProjectCheck = {
  id: 'S9',
  title: 'Parallel cold pulls are all correct',
  proves: 'Ten clients that pull a new image at the same time all get it without errors.',
  why: 'A deployment starts on all nodes at once, and every pull goes to the upstream (goharbor/harbor#22570, #22184).',
  limits:
    'Uses one small image, which does not fill the link to the upstream. With max_upstream_conn only as many clients pull.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'situation',
  scope: 'project',
  run: (context) => needsHealthyUpstream(context, (upstream) => play(context, upstream)),
};

const CLIENTS = 10;
/** One download for a client and one for Harbor's own storage. */
const GETS_PER_REQUEST = 2;

async function play(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  const limit = context.project.maxUpstreamConnections ?? 0;
  const clients = limit > 0 ? Math.min(CLIENTS, limit) : CLIENTS;
  if (clients < 2) return skip('max_upstream_conn allows one client at a time; S13 checks that');
  const image = scratchImage(context, 'many');
  await upstream.publish(image.image.repository, image.image.tag, 1);
  await upstream.takeLog();
  const crowd = await pullAtOnce(context, image, clients);
  // Harbor may still copy what an earlier scenario pulled from the same repository.
  const log = requestsForImage(await upstream.takeLog(), { image: image.image, pulled: crowd.pulls });
  const problem = problemOf(crowd);
  const shown = evidenceOf(clients, log);
  return problem === undefined ? judgeCost(context, crowd, log, shown) : fail(problem, shown);
}

interface Crowd {
  readonly pulls: readonly PulledImage[];
  /** Responses that were errors of Harbor. */
  readonly errors: readonly RequestRecord[];
  /** By digest: a request that had to be repeated, such as after a 429, costs the upstream its downloads again. */
  readonly blobRequests: ReadonlyMap<string, number>;
  readonly tookMs: number;
}

async function pullAtOnce(
  { puller, project, wire }: ProjectContext,
  image: NamedImage,
  clients: number,
): Promise<Crowd> {
  const startedAt = performance.now();
  const errors: RequestRecord[] = [];
  const record = (request: RequestRecord): void => {
    wire.record(request);
    // A client would retry without showing it; this many simultaneous pulls must not need that.
    if ((request.status ?? 0) >= 500) errors.push(request);
  };
  const { wire: counted, blobRequests } = countingBlobs({ ...wire, record });
  const numbers = Array.from({ length: clients }, (_none, number) => number);
  const pulls = await mapBounded(numbers, clients, () =>
    pullImage(puller, image, project.platforms.slice(0, 1), counted),
  );
  return { pulls, errors, blobRequests, tookMs: performance.now() - startedAt };
}

/** Undefined if each client got the same, correct image and no response was an error of Harbor. */
function problemOf({ pulls, errors }: Crowd): string | undefined {
  const wrong = pulls.filter(({ problems }) => problems.length > 0);
  const problems = [...new Set(wrong.flatMap((pull) => pull.problems))];
  if (wrong.length > 0) return `${wrong.length} of ${pulls.length} clients: ${problems.join('; ')}`;
  const [first] = errors;
  if (first) return `${errors.length} answers were errors: ${first.status} for ${first.url} [${first.id}]`;
  const digests = [...new Set(pulls.map(({ digest }) => digest))];
  return digests.length > 1 ? `the clients got different images: ${digests.join(', ')}` : undefined;
}

/**
 *       most GETs of one blob at the upstream    result
 *       up to 2                                  pass: one for a client, one for Harbor's own storage
 *       up to 2 for each request                 known deviation: Harbor fetches a blob for every client
 *       more                                     fail; known deviation if the pulls took long, because Harbor
 *                                                then fetches missing content by itself
 */
function judgeCost(
  { timing }: ProjectContext,
  { pulls, blobRequests, tookMs }: Crowd,
  log: readonly string[],
  shown: readonly Evidence[],
): Outcome {
  const gets = getsOfBlobs(log);
  const most = Math.max(0, ...gets.values());
  const isBound = tookMs < FETCHES_ITSELF_AFTER_MS * timing.timeScale;
  const wasted = [...gets].find(([digest, count]) => count > (blobRequests.get(digest) ?? 0) * GETS_PER_REQUEST);
  if (isBound && wasted)
    return fail(`${pulls.length} clients, and a blob was fetched ${wasted[1]} times from upstream`, shown);
  if (most > GETS_PER_REQUEST)
    return knownDeviation(THUNDERING_HERD, `all ${pulls.length} correct; a blob was fetched ${most} times`, shown);
  return pass(`all ${pulls.length} correct, and no blob was fetched more than ${GETS_PER_REQUEST} times`, shown);
}

function evidenceOf(clients: number, log: readonly string[]): Evidence[] {
  const manifests = log.filter((line) => /^GET .*\/manifests\//.test(line)).length;
  return [
    evidence('clients', clients),
    evidence('GETs of one blob at the upstream', Math.max(0, ...getsOfBlobs(log).values())),
    evidence('GETs of manifests at the upstream', manifests),
  ];
}

/** By digest. */
function getsOfBlobs(log: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of log) {
    const [, digest] = /^GET .*\/blobs\/([^/]+)$/.exec(line) ?? [];
    if (digest !== undefined) counts.set(digest, (counts.get(digest) ?? 0) + 1);
  }
  return counts;
}
