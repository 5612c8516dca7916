import { ACCEPT_MANIFEST, type ManifestAnswer, type PlainAnswer } from '../../oci';
import { describeAnswer, describePlain, errorCode, isOfFront } from '../answer-words';
import { mapBounded } from '../../map-bounded';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { hasFeature } from '../harbor-version';
import type { NamedImage } from '../pull/named-image';
import { error, evidence, fail, failOn, skip, type Outcome } from '../model/outcome';
import { withOwnDelay, type Timed } from '../support/own-delay';
import { isPassedThrough } from '../support/passed-through';
import { needsHealthyUpstream, scratchImage } from '../support/scratch';
import type { UpstreamControl } from '../model/target';

/** With a limit of 8: 12 pulls at once, of a slow upstream. */
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

const MAX_TRIES = 3;

/** Pulls that did not run at the same time show nothing, and are tried again. */
async function play(context: ProjectContext, upstream: UpstreamControl, limit: number): Promise<Outcome> {
  for (let tries = 1; ; tries++) {
    const crowd = await pullAtOnce(context, upstream, limit + MORE_THAN_ALLOWED);
    const outcome = judge(limit, crowd);
    if (outcome.status === 'pass' || outcome.status === 'fail' || tries === MAX_TRIES) return outcome;
  }
}

/** One of several pulls at the same time. */
interface Pull {
  readonly answer: PlainAnswer;
  /** When it ended, in milliseconds. */
  readonly atMs: number;
}

interface Crowd {
  readonly pulls: readonly Pull[];
  readonly ownDelayMs: number;
  /** A single pull afterwards. */
  readonly after: ManifestAnswer;
}

async function pullAtOnce(context: ProjectContext, upstream: UpstreamControl, clients: number): Promise<Crowd> {
  const image = scratchImage(context, 'crowd');
  await upstream.publish(image.image.repository, image.image.tag, 1);
  // The token is requested before: only the pulls must run at the same time.
  await get(context, image, 'no-such-tag');
  // A fast upstream finishes one request before the next one arrives.
  await upstream.misbehave('slow');
  const crowd = Array.from({ length: clients }, (_none, number) => number);
  const pull = async (): Promise<Pull> => {
    const answer = await get(context, image, image.image.tag);
    return { answer, atMs: performance.now() };
  };
  let timed: Timed<readonly Pull[]>;
  try {
    timed = await withOwnDelay(() => mapBounded(crowd, crowd.length, pull));
  } finally {
    await upstream.misbehave('ok');
  }
  const after = await context.puller.manifest('GET', image.name, image.image.tag, context.wire);
  return { pulls: timed.result, ownDelayMs: timed.ownDelayMs, after };
}

/** One request without a retry, because a retry would hide the refusal. */
function get({ puller, wire }: ProjectContext, { name }: NamedImage, reference: string): Promise<PlainAnswer> {
  const path = `/v2/${name}/manifests/${reference}`;
  return puller.authorized({ method: 'GET', path, headers: { accept: ACCEPT_MANIFEST } }, name, wire);
}

/**
 *      responses                                              verdict
 *      some 200, some 429 of Harbor, then 200                 pass
 *      all 200, more than the limit of them at one time       fail: there is no limit
 *      all 200, one after the other                           error: this machine or a proxy in front delayed them
 *      none 200, all 429 of Harbor                            fail
 *      another error of Harbor                                fail
 *      anything that is not Harbor's, such as its 429         error
 */
export function judge(limit: number, { pulls, ownDelayMs, after }: Crowd): Outcome {
  const answers = pulls.map(({ answer }) => answer);
  const served = answers.filter(({ status }) => status === 200).length;
  const refused = answers.filter(({ status, body }) => status === 429 && errorCode(body) !== undefined).length;
  const odd = answers.filter(({ status, body }) => status !== 200 && (status !== 429 || errorCode(body) === undefined));
  const shown = [evidence('at once', answers.length), evidence('served', served), evidence('refused', refused)];
  const foreign = odd.find(({ body }) => errorCode(body) === undefined);
  if (foreign) return error(`${UNKNOWN}: a proxy in front returned ${describePlain(foreign)}`);
  if (isOfFront(after)) return error(`whether later pulls succeed is not known: ${describeAnswer(after)}`);
  const problems = odd.slice(0, 1).map((answer) => `${odd.length} got another response: ${describePlain(answer)}`);
  if (refused === 0 && odd.length === 0) {
    if (mostAtOnce(pulls, ownDelayMs) <= limit)
      return error(
        `${UNKNOWN}: of ${answers.length} pulls no more than ${limit} reached the upstream at the same time`,
      );
    problems.push(`all of ${answers.length} parallel pulls were served, although max_upstream_conn is ${limit}`);
  }
  if (served === 0) problems.push(`none of ${answers.length} parallel pulls was served`);
  if (after.status !== 200) problems.push(`afterwards a single pull got ${describeAnswer(after)}`);
  return failOn(problems, `${served} served, ${refused} refused with 429, and served afterwards`, shown);
}

const UNKNOWN = 'whether more connections are refused is not known';

/** The controllable upstream delays each response by this time. */
const SLOW_MS = 1_000;

/**
 * How many pulls were at the upstream at the same time: each was there in the second before its response. What Harbor has
 * stored by then it serves itself. Delays of this machine bring responses closer together than they were.
 */
function mostAtOnce(pulls: readonly Pull[], ownDelayMs: number): number {
  const ends = pulls.filter(({ answer }) => isPassedThrough(answer)).map(({ atMs }) => atMs);
  return Math.max(0, ...ends.map((end) => ends.filter((at) => at <= end && at > end - SLOW_MS + ownDelayMs).length));
}
