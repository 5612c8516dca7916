import { describeAnswer, isOfFront } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { FORGETS_WHAT_IS_GONE } from '../model/deviation';
import { hasFeature } from '../harbor-version';
import { error, evidence, failOn, knownDeviation, skip, type Outcome } from '../model/outcome';
import { needsHealthyUpstream, scratchImage } from '../support/scratch';
import { notCached } from '../pull/cached-pull';
import { pullAndWait } from '../pull/pull-and-wait';
import type { UpstreamControl } from '../model/target';
import { requestsTo } from '../support/upstream-log';

/**
 *      by tag      404, or 200 with proxy_cache_local_on_not_found
 *      by digest   200, without a request to the upstream
 *      either      429 or 5xx that is not Harbor's: error, because nothing is known then
 *
 * Harbor 2.14.0 to 2.15.0 also forgets the digest: a known deviation.
 */
export const check: ProjectCheck = {
  id: 'S5',
  title: 'Tag removed upstream: still served by digest',
  proves: 'A tag removed upstream is 404, or served with proxy_cache_local_on_not_found; its digest is still served.',
  why: 'Vendors remove tags (goharbor/harbor#20997); clients that pin digests must not be affected (#20079).',
  limits: 'Makes one request by digest; it does not detect a copy that is deleted a moment later.',
  versions: '2.14.0 to 2.15.0 delete the cached copy: a known deviation',
  upstreamCost: 'only at the controllable upstream',
  phase: 'situation',
  scope: 'project',
  run: (context) => needsHealthyUpstream(context, (upstream) => play(context, upstream)),
};

/**
 * The order matters: the request by tag comes first, because it is what makes some releases forget the image. The log of
 * the upstream is read only around the request by digest, which must not reach it. Harbor may still copy what an
 * earlier scenario pulled: only requests for this digest count.
 */
async function play(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  const image = scratchImage(context, 'removed');
  const { repository, tag } = image.image;
  await upstream.publish(repository, tag, 1);
  const before = await pullAndWait(context, image, context.project.platforms.slice(0, 1));
  if (before.caching.state !== 'cached') return skip(notCached(image));
  await upstream.removeTag(repository, tag);
  const byTag = await context.puller.manifest('HEAD', image.name, tag, context.wire);
  await upstream.takeLog();
  const byDigest = await context.puller.manifest('GET', image.name, before.pulled.digest, context.wire);
  const asked = requestsTo(await upstream.takeLog(), repository).filter((line) => line.endsWith(before.pulled.digest));
  const foreign = [byTag, byDigest].find((answer) => isOfFront(answer));
  if (foreign) return error(`whether the removed image is still served is not known: ${describeAnswer(foreign)}`);
  const expected = context.project.localOnNotFound ? 200 : 404;
  const shown = [evidence('by tag', byTag.status), evidence('by digest', byDigest.status)];
  const isTagRight = byTag.status === expected;
  const problems = isTagRight ? [] : [`by tag: expected ${expected}, got ${byTag.status} [${byTag.requestId}]`];
  // A limit or a failure is not what those releases do.
  const isForgotten = byDigest.status === 404 || (byDigest.status === 200 && asked.length > 0);
  if (byDigest.status !== 200)
    problems.push(`by digest: expected the cached image, got ${byDigest.status} [${byDigest.requestId}]`);
  else if (byDigest.digest !== before.pulled.digest)
    problems.push(`by digest: the bytes hash to ${byDigest.digest} [${byDigest.requestId}]`);
  if (asked.length > 0) problems.push(`by digest the upstream was contacted: ${asked.join(', ')}`);
  if (isTagRight && isForgotten && hasFeature(context.harborVersion, 'forgetsWhatIsGone') === true)
    return knownDeviation(FORGETS_WHAT_IS_GONE, problems.join('; '), shown);
  return failOn(problems, `${byTag.status} by tag, 200 by digest without a request to the upstream`, shown);
}
