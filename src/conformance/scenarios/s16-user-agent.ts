import type { ProjectCheck, ProjectContext } from '../model/check';
import { evidence, fail, pass, type Outcome } from '../model/outcome';
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
  const { puller, project, wire, harborVersion } = context;
  const image = scratchImage(context, 'named');
  await upstream.publish(image.image.repository, image.image.tag, 1);
  const platforms = project.platforms.slice(0, 1);
  const pull = (): ReturnType<typeof pullImage> => pullImage(puller, image, platforms, wire);
  await upstream.misbehave('named');
  let named: Awaited<ReturnType<typeof pull>>;
  try {
    named = await pull();
  } finally {
    await upstream.misbehave('ok');
  }
  const shown = [evidence('pull', named.problems.length === 0 ? 'whole' : 'refused')];
  if (named.problems.length === 0) return pass('pulled from an upstream that serves only clients with a name', shown);
  const release = harborVersion === undefined ? '' : `; this is ${harborVersion}`;
  return fail(
    `${String(named.problems[0])}: the upstream serves only clients with a User-Agent. ${AFFECTED}${release}: update Harbor`,
    shown,
  );
}
