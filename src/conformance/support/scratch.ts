import { randomBytes } from 'node:crypto';
import { errorCode } from '../answer-words';
import type { ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { skip, type Outcome } from '../model/outcome';
import type { UpstreamControl } from '../model/target';
import { waitOutUnhealthy, watchUpstream } from './upstream-status';

/** An image for this run only, so that a check never moves or deletes a real tag. */
export function scratchImage({ project }: ProjectContext, purpose: string): NamedImage & { image: { tag: string } } {
  const repository = 'breakwater/canary';
  const tag = `${purpose}-${randomBytes(4).toString('hex')}`;
  return { text: `${repository}:${tag}`, image: { repository, tag }, name: `${project.name}/${repository}` };
}

/** Runs a scenario if the upstream can be controlled; otherwise reports why it cannot run. */
export async function needsUpstream(
  { project }: ProjectContext,
  play: (upstream: UpstreamControl) => Promise<Outcome>,
): Promise<Outcome> {
  if (!project.proxy) return skip('not a proxy cache project');
  // Pulls here are refused until the image is scanned: then a scenario only sees the policy.
  if (project.vulnerability) return skip('prevent_vul applies to this project; see V1 to V5');
  if (!project.upstream) return skip('the upstream of this project cannot be controlled');
  return play(project.upstream);
}

/** Harbor checks every five minutes: two in a row mean that this machine is too slow for the test. */
const MAX_PLAYS = 4;

/**
 * Like `needsUpstream`, for behavior that only appears while Harbor considers the upstream healthy. If Harbor's own
 * check came in between, the result is invalid: the scenario is repeated.
 *
 *      result     the upstream in Harbor, meanwhile     new image afterwards     then
 *      right      any                                   -                        it is the result
 *      wrong      always healthy                        -                        it is the result
 *      wrong      unhealthy at some time                -                        repeated, at most three times
 *      wrong      may not be read                       served                   it is the result
 *      wrong      may not be read                       404                      skip: Harbor may have marked it unhealthy
 */
export async function needsHealthyUpstream(
  context: ProjectContext,
  play: (upstream: UpstreamControl) => Promise<Outcome>,
): Promise<Outcome> {
  return needsUpstream(context, async (upstream) => {
    for (let plays = 1; ; plays++) {
      const { result: outcome, wasUnhealthy, isUnread } = await watchUpstream(context, () => play(upstream));
      // Also for the checks that run next.
      const isUnhealthy = await waitOutUnhealthy(context);
      const isShown = outcome.status === 'pass' || outcome.status === 'known-deviation';
      const isWrong = outcome.status === 'fail' || outcome.status === 'error';
      if (isWrong && isUnread && !(await servesNew(context, upstream))) return skip(`cannot be tested: ${NOTHING_NEW}`);
      if (isShown || !(wasUnhealthy || isUnhealthy)) return outcome;
      if (plays === MAX_PLAYS)
        return skip(
          'cannot be tested: Harbor marked the upstream unhealthy during the check, and then serves only from its cache',
        );
    }
  });
}

const NOTHING_NEW =
  'Harbor returns 404 for every new image, as after it has marked the upstream unhealthy, which this identity may not read (see S1)';

/** Whether Harbor serves an image that was just published: only its own 404 counts as no. */
async function servesNew(context: ProjectContext, upstream: UpstreamControl): Promise<boolean> {
  const { name, image } = scratchImage(context, 'new');
  await upstream.publish(image.repository, image.tag, 1);
  const { status, body } = await context.puller.manifest('GET', name, image.tag, context.wire);
  return status !== 404 || errorCode(body) === undefined;
}
