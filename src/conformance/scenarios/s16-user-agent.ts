import type { ProjectCheck, ProjectContext } from '../model/check';
import { evidence, fail, pass, skip, type Outcome } from '../model/outcome';
import type { UpstreamControl } from '../model/target';
import { pullImage } from '../pull/pull';
import { needsHealthyUpstream, scratchImage } from '../support/scratch';

/**
 * Tried three times if it fails: with an upstream that requires a User-Agent, with one that does not, and again with the
 * first. Only a difference that stays is a finding.
 */
export const check: ProjectCheck = {
  id: 'S16',
  title: 'Upstream requires a User-Agent: Harbor sends one',
  proves:
    'An image that is not cached can be pulled while the upstream returns 403 to every request without a User-Agent, ' +
    'including those for the challenge and the token.',
  why: 'Docker Hub refuses such requests: Harbor 2.14.0 to 2.14.3 and 2.15.0 send them, and every pull of a new image fails (goharbor/harbor#23025).',
  limits: 'An upstream may check other headers as well. Images that are already cached are still served.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'situation',
  scope: 'project',
  run: (context) => needsHealthyUpstream(context, (upstream) => play(context, upstream)),
};

const AFFECTED = 'Harbor 2.14.0 to 2.14.3 and 2.15.0 send no User-Agent with the challenge and the token request';

async function play(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  const named = await pullNew(context, upstream, 'named');
  const shown = [evidence('pull', named.length === 0 ? 'whole' : 'refused')];
  if (named.length === 0) return pass('pulled from an upstream that requires a User-Agent', shown);
  // Requests that fail anyway do not depend on the name.
  const [anyway] = await pullNew(context, upstream, 'ok');
  if (anyway !== undefined) return skip(`no new image can be pulled, regardless of the User-Agent (see S1): ${anyway}`);
  // A limit or a failure of that moment is no difference.
  if ((await pullNew(context, upstream, 'named')).length === 0)
    return pass('pulled from an upstream that requires a User-Agent, at the second attempt', [
      evidence('first attempt', named[0] ?? ''),
    ]);
  const release = context.harborVersion === undefined ? '' : `; this is ${context.harborVersion}`;
  const why = `the upstream serves only clients with a User-Agent. ${AFFECTED}${release}: update Harbor`;
  return fail(`${named[0]}: ${why}`, shown);
}

/** The problem with pulling an image that was never pulled before, if any. */
async function pullNew(
  context: ProjectContext,
  upstream: UpstreamControl,
  mode: 'ok' | 'named',
): Promise<readonly string[]> {
  const image = scratchImage(context, 'named');
  await upstream.publish(image.image.repository, image.image.tag, 1);
  await upstream.misbehave(mode);
  try {
    return (await pullImage(context.puller, image, context.project.platforms.slice(0, 1), context.wire)).problems;
  } finally {
    await upstream.misbehave('ok');
  }
}
