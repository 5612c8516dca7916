import type { ProjectCheck, ProjectContext } from '../model/check';
import { namedImage, type NamedImage } from '../pull/named-image';
import { evidence, fail, pass, skip, type Evidence, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { FETCHES_ITSELF_AFTER_MS } from '../pull/caching';
import { describeWait, noRoom, type AwaitedPull } from '../pull/pull-and-wait';
import { requestsTo } from '../support/upstream-log';
import { problem } from '../model/problem';

/**
 *      pull       Harbor's storage        verdict
 *      wrong      -                       fail
 *      right      no room in the quota    fail
 *      right      missing at the end      fail: later pulls go to the upstream again
 *      right      may not be read         skip
 *      right      stored                  pass; the evidence says whether it was cached before
 *
 * With a controllable upstream, a blob that was fetched more than twice for a request fails, too.
 */
export const check: ProjectCheck = {
  id: 'S1',
  title: 'Cold: the first pull works and is cached',
  proves: 'A pull through the proxy returns the right bytes, and Harbor then stores the image under its tag.',
  why: 'Images that are pulled but never cached are fetched from the upstream each time (goharbor/harbor#19609, #13314).',
  limits:
    'If the image was already cached this is a warm pull; the evidence says so. Of an index only the pulled images are waited for. Downloads are not counted if it takes more than 200 s until it is stored, or if another project pulls from the same repository.',
  upstreamCost: '1 GET per manifest and 2 GET per blob that are not cached',
  upstreamPulls: 1,
  phase: 'cold',
  scope: 'project',
  run: (context) =>
    context.project.proxy
      ? perImage(context, (image) => look(context, image))
      : Promise.resolve(skip('not a proxy cache project')),
};

/** One download for the client and one for Harbor's own storage; more would be a waste of traffic. */
const GETS_PER_BLOB = 2;

async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const settled = await context.images.pullAndWait(context, image);
  const { pulled, caching } = settled;
  const shown = describe(context, settled);
  if (pulled.problems.length > 0) return fail(pulled.problems.join('; '), shown, pulled.kinds);
  if (caching.state === 'no-room') return fail(noRoom(caching).words, shown, [noRoom(caching).problem]);
  if (caching.state === 'missing')
    return fail(missing(context, caching.waitedMs, caching.what), shown, [
      problem('not-stored', image.text, String(pulled.bytes)),
    ]);
  const isCounted = !isLong(context, settled) && !isShared(context, image);
  const wasteful = isCounted ? pulled.blobs.filter((digest) => isWasteful(settled, image, digest)) : [];
  if (wasteful.length > 0) return fail(`fetched more than twice from upstream: ${wasteful.join(', ')}`, shown);
  if (caching.state === 'unknown')
    return skip(`the pull succeeded; whether Harbor stored it could not be checked: ${caching.why}`);
  return pass(settled.wasCached ? 'pulled right; it was cached before this run' : 'pulled right, then cached', shown);
}

/** After that time Harbor fetches by itself what it has not stored yet, once more; also while this check waits. */
function isLong({ timing }: ProjectContext, { tookMs }: AwaitedPull): boolean {
  return tookMs >= FETCHES_ITSELF_AFTER_MS * timing.timeScale;
}

/**
 * Another project, or V4, pulls from the same repository of this upstream, and Harbor may still copy for it: the
 * upstream's log does not show for whom.
 */
function isShared({ project, target }: ProjectContext, { image: { repository } }: NamedImage): boolean {
  return target.projects.some(({ name, images, upstream, vulnerability }) => {
    if (upstream?.id !== project.upstream?.id) return false;
    const others = name === project.name ? [] : images;
    const guarded = vulnerability ? [...vulnerability.refused, ...vulnerability.unscanned] : [];
    return [...others, ...guarded].some((text) => namedImage(name, text).image.repository === repository);
  });
}

/** A request that had to be repeated costs both downloads again. */
function isWasteful(settled: AwaitedPull, image: NamedImage, digest: string): boolean {
  const requests = Math.max(1, settled.blobRequests.get(digest) ?? 0);
  return gets(settled, image, digest) > requests * GETS_PER_BLOB;
}

function gets({ upstreamLog = [] }: AwaitedPull, { image }: NamedImage, digest: string): number {
  return requestsTo(upstreamLog, image.repository).filter((line) => line.startsWith('GET') && line.endsWith(digest))
    .length;
}

function missing({ timing }: ProjectContext, waitedMs: number, what: string): string {
  const waited = describeWait(waitedMs, timing.timeScale);
  return (
    `the pull succeeded, but Harbor stored nothing within ${waited}: ${what} is missing; ` +
    'a project that was deleted and recreated within seven days stores nothing during that time'
  );
}

function describe({ timing }: ProjectContext, { pulled, caching, wasCached, upstreamLog }: AwaitedPull): Evidence[] {
  const shown = [evidence('digest', pulled.digest), evidence('bytes', pulled.bytes)];
  shown.push(evidence('pull', `${pulled.durationMs} ms`));
  if (wasCached !== undefined) shown.push(evidence('cached before', wasCached ? 'yes' : 'no'));
  if (caching.state === 'cached' && !wasCached)
    shown.push(evidence('cached after', describeWait(caching.afterMs, timing.timeScale)));
  if (caching.state === 'cached' && !pulled.isWhole)
    shown.push(evidence('index', 'not waited for: only a part was pulled'));
  if (upstreamLog) shown.push(evidence('requests at the upstream', upstreamLog.length));
  return shown;
}
