import { describeAnswer, isOfFront } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { error, evidence, fail, failOn, skip, type Outcome } from '../model/outcome';
import { pullImage } from '../pull/pull';
import { notCached } from '../pull/cached-pull';
import { pullAndWait } from '../pull/pull-and-wait';
import { needsHealthyUpstream, scratchImage } from '../support/scratch';
import type { UpstreamControl } from '../model/target';
import { requestsForImage } from '../support/upstream-log';

/**
 *      publish v1 ── pull, cached ── publish v2 ── pull must be v2 ── v1 by digest must still be there
 */
export const check: ProjectCheck = {
  id: 'S3',
  title: 'Tag moved upstream: the new image is served at once',
  proves: 'After a tag has moved, the next pull gets the new image, and the old one is still served by its digest.',
  why: 'A cache that serves a stale tag deploys an old version (goharbor/harbor#19429).',
  limits: 'Uses its own tag at the controllable upstream; does not test upstreams with wrong content.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'situation',
  scope: 'project',
  run: (context) => needsHealthyUpstream(context, (upstream) => play(context, upstream)),
};

/**
 *      after the move                                   verdict
 *      the old digest                                   fail: stale
 *      the new digest, the old one by digest is 200     pass
 *      the new digest, the old one by digest is gone    fail: clusters that pinned it cannot start pods
 *      the new digest, by digest a proxy responds       error
 */
async function play(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  const image = scratchImage(context, 'moved');
  const { repository, tag } = image.image;
  const platforms = context.project.platforms.slice(0, 1);
  await upstream.publish(repository, tag, 1);
  const before = await pullAndWait(context, image, platforms);
  if (before.caching.state !== 'cached') return skip(notCached(image));
  await upstream.publish(repository, tag, 2);
  await upstream.takeLog();
  const after = await pullImage(context.puller, image, platforms, context.wire);
  const log = requestsForImage(await upstream.takeLog(), { image: image.image, pulled: after });
  if (after.problems.length > 0) return fail(after.problems.join('; '));
  const shown = [evidence('before', before.pulled.digest), evidence('after', after.digest)];
  shown.push(evidence('requests at the upstream', log.join(', ')));
  if (after.digest === before.pulled.digest)
    return fail('the tag was moved upstream, but the old image is served', shown);
  const old = await context.puller.manifest('GET', image.name, before.pulled.digest, context.wire);
  if (isOfFront(old))
    return error(`whether the old image is still served by its digest is not known: ${describeAnswer(old)}`);
  const problems = old.status === 200 ? [] : [`the old image by digest returned ${old.status} [${old.requestId}]`];
  return failOn(problems, 'the new image at once; the old one still by its digest', shown);
}
