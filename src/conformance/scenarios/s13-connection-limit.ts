import { ACCEPT_MANIFEST, type PlainAnswer } from '../../oci';
import { describePlain } from '../answer-words';
import { mapBounded } from '../../map-bounded';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { hasFeature } from '../harbor-version';
import type { NamedImage } from '../pull/named-image';
import { evidence, fail, failOn, skip, type Outcome } from '../model/outcome';
import { needsHealthyUpstream, scratchImage } from '../support/scratch';
import type { UpstreamControl } from '../model/target';

/**
 *      limit 8: 12 pulls at once, of a slow upstream
 *          some 200, some 429, nothing else     pass, if a single pull afterwards works
 *          all 200                              fail: there is no limit
 *          none 200                             fail
 *          another status                       fail
 */
export const check: ProjectCheck = {
  id: 'S13',
  title: 'More upstream connections than allowed are refused',
  proves:
    'With more parallel pulls than max_upstream_conn some get 429, none fails in another way, and later pulls succeed.',
  why: 'The limit protects the upstream from large deployments (goharbor/harbor#22570).',
  limits: 'Harbor counts per image, unless it runs with UPSTREAM_REGISTRY_LIMIT_ON_PROJECT.',
  versions: 'from 2.14.4; older versions have no limit',
  upstreamCost: 'only at the controllable upstream',
  phase: 'situation',
  scope: 'project',
  run: (context) => needsHealthyUpstream(context, (upstream) => begin(context, upstream)),
};

/** A larger limit would need more simultaneous pulls than a test should send. */
const MOST_TRIED = 32;
const MORE_THAN_ALLOWED = 4;

async function begin(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  const { project, harborVersion } = context;
  const limit = project.maxUpstreamConnections ?? 0;
  if (limit < 1) return skip('no max_upstream_conn is declared');
  if (limit > MOST_TRIED)
    return skip(`max_upstream_conn is ${limit}: more than ${MOST_TRIED} pulls at once are not tried`);
  const known = hasFeature(harborVersion, 'limitsUpstreamConnections');
  if (known === undefined) return skip("Harbor's version is unknown, so the expected result is unknown, too");
  if (!known) return fail(`declared, but Harbor ${harborVersion} does not limit connections to an upstream`);
  return play(context, upstream, limit);
}

async function play(context: ProjectContext, upstream: UpstreamControl, limit: number): Promise<Outcome> {
  const image = scratchImage(context, 'crowd');
  await upstream.publish(image.image.repository, image.image.tag, 1);
  // The token is requested before: only the pulls must run at the same time.
  await get(context, image, 'no-such-tag');
  // A fast upstream finishes one request before the next one arrives.
  await upstream.misbehave('slow');
  const crowd = Array.from({ length: limit + MORE_THAN_ALLOWED }, (_none, number) => number);
  let answers: PlainAnswer[];
  try {
    answers = await mapBounded(crowd, crowd.length, () => get(context, image, image.image.tag));
  } finally {
    await upstream.misbehave('ok');
  }
  return judge(limit, answers, await get(context, image, image.image.tag));
}

/** One request without a retry, because a retry would hide the refusal. */
function get({ puller, wire }: ProjectContext, { name }: NamedImage, reference: string): Promise<PlainAnswer> {
  const path = `/v2/${name}/manifests/${reference}`;
  return puller.authorized({ method: 'GET', path, headers: { accept: ACCEPT_MANIFEST } }, name, wire);
}

function judge(limit: number, answers: readonly PlainAnswer[], after: PlainAnswer): Outcome {
  const served = answers.filter(({ status }) => status === 200).length;
  const refused = answers.filter(({ status }) => status === 429).length;
  const odd = answers.filter(({ status }) => status !== 200 && status !== 429);
  const shown = [evidence('at once', answers.length), evidence('served', served), evidence('refused', refused)];
  const problems = odd.slice(0, 1).map((answer) => `${odd.length} got another response: ${describePlain(answer)}`);
  if (refused === 0 && odd.length === 0)
    problems.push(`all of ${answers.length} parallel pulls were served, although max_upstream_conn is ${limit}`);
  if (served === 0) problems.push(`none of ${answers.length} parallel pulls was served`);
  if (after.status !== 200) problems.push(`afterwards a single pull got ${describePlain(after)}`);
  return failOn(problems, `${served} served, ${refused} refused with 429, and served afterwards`, shown);
}
