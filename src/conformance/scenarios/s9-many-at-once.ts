import type { RequestRecord } from '../../oci';
import { mapBounded } from '../../map-bounded';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { THUNDERING_HERD } from '../model/deviation';
import type { NamedImage } from '../pull/named-image';
import { evidence, fail, knownDeviation, pass, skip, type Evidence, type Outcome } from '../model/outcome';
import { FETCHES_ITSELF_AFTER_MS } from '../pull/caching';
import { pullImage, type PulledImage } from '../pull/pull';
import { needsHealthyUpstream, scratchImage } from '../support/scratch';
import type { UpstreamControl } from '../model/target';
import { requestsTo } from '../support/upstream-log';

/**
 *      ten clients, cold                                     verdict
 *      one of them wrong, a 5xx, or different images         fail
 *      a blob fetched more than twice for each client        fail
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
const GETS_PER_CLIENT = 2;

async function play(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  const limit = context.project.maxUpstreamConnections ?? 0;
  const clients = limit > 0 ? Math.min(CLIENTS, limit) : CLIENTS;
  if (clients < 2) return skip('max_upstream_conn allows one client at a time; S13 checks that');
  const image = scratchImage(context, 'many');
  await upstream.publish(image.image.repository, image.image.tag, 1);
  await upstream.takeLog();
  const crowd = await pullAtOnce(context, image, clients);
  const log = requestsTo(await upstream.takeLog(), image.image.repository);
  const problem = problemOf(crowd);
  const shown = evidenceOf(clients, log);
  return problem === undefined ? judgeCost(context, crowd, log, shown) : fail(problem, shown);
}

interface Crowd {
  readonly pulls: readonly PulledImage[];
  /** Responses that were errors of Harbor. */
  readonly errors: readonly RequestRecord[];
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
  const numbers = Array.from({ length: clients }, (_none, number) => number);
  const pulls = await mapBounded(numbers, clients, () =>
    pullImage(puller, image, project.platforms.slice(0, 1), { ...wire, record }),
  );
  return { pulls, errors, tookMs: performance.now() - startedAt };
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
 *       up to 2 for each client                  known deviation: Harbor fetches a blob for every client
 *       more                                     fail; known deviation if the pulls took long, because Harbor
 *                                                then fetches missing content by itself
 */
function judgeCost(
  { timing }: ProjectContext,
  { pulls, tookMs }: Crowd,
  log: readonly string[],
  shown: readonly Evidence[],
): Outcome {
  const most = mostOfOneBlob(log);
  const isBound = tookMs < FETCHES_ITSELF_AFTER_MS * timing.timeScale;
  if (isBound && most > pulls.length * GETS_PER_CLIENT)
    return fail(`${pulls.length} clients, and a blob was fetched ${most} times from upstream`, shown);
  if (most > GETS_PER_CLIENT)
    return knownDeviation(THUNDERING_HERD, `all ${pulls.length} correct; a blob was fetched ${most} times`, shown);
  return pass(`all ${pulls.length} correct, and no blob was fetched more than ${GETS_PER_CLIENT} times`, shown);
}

function evidenceOf(clients: number, log: readonly string[]): Evidence[] {
  const manifests = log.filter((line) => /^GET .*\/manifests\//.test(line)).length;
  return [
    evidence('clients', clients),
    evidence('GETs of one blob at the upstream', mostOfOneBlob(log)),
    evidence('GETs of manifests at the upstream', manifests),
  ];
}

function mostOfOneBlob(log: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const line of log) if (/^GET .*\/blobs\//.test(line)) counts.set(line, (counts.get(line) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
