import type { RequestRecord } from '../../oci';
import { mapBounded } from '../bounded';
import type { ProjectCheck, ProjectContext } from '../check';
import { THUNDERING_HERD } from '../deviation';
import type { NamedImage } from '../image-cache';
import { evidence, fail, knownDeviation, pass, skip, type Outcome } from '../outcome';
import { pullImage, type PulledImage } from '../pull';
import { needsHealthyUpstream, scratchImage } from '../scratch';
import type { UpstreamControl } from '../target';
import { requestsTo } from '../upstream-log';

export const check: ProjectCheck = {
  id: 'S9',
  title: 'Many cold pulls at once: all are right',
  proves: 'Ten clients that want an image at once, which nobody has pulled before, all get it, and none an error.',
  why: 'A deployment starts everywhere at once: every client’s bytes come from upstream (goharbor/harbor#22570, #22184).',
  limits: 'One small image; the link to the upstream is not filled. With max_upstream_conn so many clients come.',
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
  if (clients < 2) return skip('max_upstream_conn lets one client through at a time; S13 looks at that');
  const image = scratchImage(context, 'many');
  await upstream.publish(image.image.repository, image.image.tag, 1);
  await upstream.takeLog();
  const { pulls, errors } = await pullAtOnce(context, image, clients);
  const log = requestsTo(await upstream.takeLog(), image.image.repository);
  return judge(clients, pulls, errors, log);
}

async function pullAtOnce(
  { puller, project, wire }: ProjectContext,
  image: NamedImage,
  clients: number,
): Promise<{ readonly pulls: readonly PulledImage[]; readonly errors: readonly RequestRecord[] }> {
  const errors: RequestRecord[] = [];
  const record = (request: RequestRecord): void => {
    wire.record(request);
    // A client tries again and does not show it; so many at once must not need that.
    if ((request.status ?? 0) >= 500) errors.push(request);
  };
  const numbers = Array.from({ length: clients }, (_none, number) => number);
  const pulls = await mapBounded(numbers, clients, () =>
    pullImage(puller, image, project.platforms.slice(0, 1), { ...wire, record }),
  );
  return { pulls, errors };
}

function judge(
  clients: number,
  pulls: readonly PulledImage[],
  errors: readonly RequestRecord[],
  log: readonly string[],
): Outcome {
  const most = mostOfOneBlob(log);
  const shown = [evidence('clients', clients), evidence('GETs of one blob at the upstream', most)];
  shown.push(
    evidence('GETs of manifests at the upstream', log.filter((line) => /^GET .*\/manifests\//.test(line)).length),
  );
  const wrong = pulls.filter(({ problems }) => problems.length > 0);
  const problems = [...new Set(wrong.flatMap((pull) => pull.problems))];
  if (wrong.length > 0) return fail(`${wrong.length} of ${clients} clients: ${problems.join('; ')}`, shown);
  const [first] = errors;
  if (first) return fail(`${errors.length} answers were errors: ${first.status} for ${first.url} [${first.id}]`, shown);
  const digests = new Set(pulls.map(({ digest }) => digest));
  if (digests.size > 1) return fail(`the clients got different images: ${[...digests].join(', ')}`, shown);
  if (most > clients * GETS_PER_CLIENT)
    return fail(`${clients} clients, and a blob was fetched ${most} times from upstream`, shown);
  if (most > GETS_PER_CLIENT)
    return knownDeviation(THUNDERING_HERD, `all ${clients} right; a blob was fetched ${most} times`, shown);
  return pass(`all ${clients} right, and no blob was fetched more than ${GETS_PER_CLIENT} times`, shown);
}

function mostOfOneBlob(log: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const line of log) if (/^GET .*\/blobs\//.test(line)) counts.set(line, (counts.get(line) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
