import type { ProjectCheck, ProjectContext } from '../model/check';
import { evidence, fail, pass, skip, type Outcome } from '../model/outcome';
import type { UpstreamControl } from '../model/target';
import { pullImage } from '../pull/pull';
import { needsHealthyUpstream, scratchImage } from '../support/scratch';

export const check: ProjectCheck = {
  id: 'S16',
  title: 'Upstream demands a User-Agent: Harbor names itself',
  proves:
    'An image that is not cached is pulled while the upstream answers 403 to every request that names no client, the ' +
    'one for the challenge and the one for a token included.',
  why: 'Docker Hub refuses such requests: Harbor 2.14.0 to 2.14.3 and 2.15.0 send them, and every pull of a new image fails (goharbor/harbor#23025).',
  limits:
    'An upstream may limit clients by other headers as well. What a Harbor with this fault has cached is still served.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'situation',
  scope: 'project',
  run: (context) => needsHealthyUpstream(context, (upstream) => play(context, upstream)),
};

const AFFECTED = 'Harbor 2.14.0 to 2.14.3 and 2.15.0 send no User-Agent with the challenge and the token request';

async function play(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  const named = await pullNew(context, upstream, 'named');
  const shown = [evidence('pull', named.length === 0 ? 'whole' : 'refused')];
  if (named.length === 0) return pass('pulled from an upstream that serves only clients with a name', shown);
  // What fails anyway says nothing about the name.
  const [anyway] = await pullNew(context, upstream, 'ok');
  if (anyway !== undefined)
    return skip(`no new image can be pulled, whatever the upstream demands (see S1): ${anyway}`);
  const release = context.harborVersion === undefined ? '' : `; this is ${context.harborVersion}`;
  const why = `the upstream serves only clients with a User-Agent. ${AFFECTED}${release}: update Harbor`;
  return fail(`${named[0]}: ${why}`, shown);
}

/** What is wrong with the pull of an image that nobody has pulled. */
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
