import { SecretError } from '../../errors';
import type { RegistryClient, TokenAnswer } from '../../oci';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { mapBounded } from '../../map-bounded';
import { error, evidence, fail, mergeOutcomes, pass, skip, type Outcome } from '../model/outcome';
import { problem } from '../model/problem';
import { oncePerKey } from '../../once';
import { isRefusal, withoutToken } from '../support/token-refusal';
import { robotsOf, type ConformanceTarget, type PullCredential } from '../model/target';

/**
 * A robot that may pull from many projects is tried once a run. The wrong secret is only tried for robots, because
 * Harbor slows down users after a failed login.
 */
export const check: ProjectCheck = {
  id: 'A4',
  title: 'Every pull credential works',
  proves:
    'For every declared robot that may pull here, a token request without a scope returns 200 with its secret, and 401 with a wrong one.',
  why: 'With a scope Harbor returns 200 for a robot that does not work, so an expired robot seems to log in (goharbor/harbor#15110).',
  limits: 'A robot whose secret is not on this machine is listed but not tested. Each robot is tested once per run.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'project',
  run,
};

const AT_ONCE = 3;
/** The state of each robot in a run: one robot may pull from every project. */
const RUNS = new WeakMap<ConformanceTarget, Map<string, Promise<Outcome>>>();

async function run(context: ProjectContext): Promise<Outcome> {
  const robots = robotsOf(context.project);
  if (robots.length === 0)
    return skip(context.project.public ? 'clients of this project pull anonymously' : 'no robot can pull here');
  const known = RUNS.get(context.target) ?? new Map<string, Promise<Outcome>>();
  RUNS.set(context.target, known);
  const parts = await mapBounded(robots, AT_ONCE, async (robot) => ({
    part: robot.username,
    outcome: await oncePerKey(known, robot.username, () => look(context, robot)),
  }));
  const [only, ...others] = parts;
  if (only && others.length === 0) return { ...only.outcome, message: `${only.part}: ${only.outcome.message}` };
  return mergeOutcomes(parts);
}

/**
 * A robot whose secret is not on this machine is skipped, unless clients pull with it: then the error ends the check.
 */
async function look({ project, puller, wire }: ProjectContext, robot: PullCredential): Promise<Outcome> {
  const client = puller.as(robot);
  try {
    const alive = await client.token(undefined, undefined, wire);
    if (alive.status !== 200 || alive.token === '') return withoutToken(alive, robot.username);
    // A user is slowed down after a failed login, also for other checks that run now; a robot is not.
    if (!/^robot\W/.test(robot.username)) return pass('alive');
    return judgeBroken(robot, alive, await askWithBrokenSecret(client, robot, wire));
  } catch (thrown) {
    if (thrown instanceof SecretError && robot.username !== project.pullCredential?.username)
      return skip(`not tested, its secret is not here: ${thrown.message}`);
    throw thrown;
  }
}

/**
 * The right secret works already. A wrong one must be refused with 401; if it works, something responds instead of
 * Harbor. A limit of requests, a failure (429, 5xx), or a 200 without a token says nothing about the secret.
 */
function judgeBroken({ username }: PullCredential, alive: TokenAnswer, broken: TokenAnswer): Outcome {
  if (broken.status === 200 && broken.token !== '')
    return fail(`a wrong secret returned 200 [${broken.requestId}]`, [], [problem('any-secret-accepted', username)]);
  if (!isRefusal(broken.status))
    return error(
      `a wrong secret could not be tried: the token service returned ${broken.status} [${broken.requestId}]`,
    );
  if (broken.status !== 401)
    return fail(
      `a wrong secret returned ${broken.status} [${broken.requestId}]`,
      [],
      [problem('refusal-changed', username, String(broken.status))],
    );
  return pass('works, and a wrong secret is refused', [evidence('token life', `${alive.expiresInSeconds} s`)]);
}

function askWithBrokenSecret(
  client: RegistryClient,
  { username, password }: PullCredential,
  wire: ProjectContext['wire'],
): Promise<TokenAnswer> {
  const broken = { username, password: async () => `${await password()}-broken` };
  return client.as(broken).token(undefined, undefined, wire);
}
