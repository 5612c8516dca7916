import { randomBytes } from 'node:crypto';
import type { ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { skip, type Outcome } from '../model/outcome';
import type { UpstreamControl } from '../model/target';
import { waitOutUnhealthy } from './upstream-status';

/** An image of this run only, so that a check never moves or removes a real tag. */
export function scratchImage({ project }: ProjectContext, purpose: string): NamedImage & { image: { tag: string } } {
  const repository = 'breakwater/canary';
  const tag = `${purpose}-${randomBytes(4).toString('hex')}`;
  return { text: `${repository}:${tag}`, image: { repository, tag }, name: `${project.name}/${repository}` };
}

/** Runs a scenario where the upstream does as it is told, and says elsewhere why it cannot be run. */
export async function needsUpstream(
  { project }: ProjectContext,
  play: (upstream: UpstreamControl) => Promise<Outcome>,
): Promise<Outcome> {
  if (!project.proxy) return skip('not a proxy cache project');
  // What is pulled here is refused until it is scanned: what a scenario sees then is the policy.
  if (project.vulnerability) return skip('prevent_vul applies to this project; see V1 to V5');
  if (!project.upstream) return skip('the upstream of this project cannot be controlled');
  return play(project.upstream);
}

/** Harbor looks every five minutes: twice in a row is a machine that is too slow for this. */
const MAX_PLAYS = 4;

/**
 * As `needsUpstream`, for what only an upstream shows that Harbor believes in. Where Harbor's own check has come in
 * between, nothing was shown: it is played again.
 */
export async function needsHealthyUpstream(
  context: ProjectContext,
  play: (upstream: UpstreamControl) => Promise<Outcome>,
): Promise<Outcome> {
  return needsUpstream(context, async (upstream) => {
    for (let plays = 1; ; plays++) {
      const outcome = await play(upstream);
      // Also for whatever runs next.
      const cameBetween = await waitOutUnhealthy(context);
      const isShown = outcome.status === 'pass' || outcome.status === 'known-deviation';
      if (!cameBetween || isShown) return outcome;
      if (plays === MAX_PLAYS)
        return skip(
          'not shown: Harbor called the upstream unhealthy in the middle, and then serves from its cache alone',
        );
    }
  });
}
