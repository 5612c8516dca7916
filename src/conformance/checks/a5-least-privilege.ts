import { ACCEPT_MANIFEST, bareMediaType, header, isManifestType, manifestReference, readTokenAccess } from '../../oci';
import { describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { SecretError } from '../../errors';
import { mapBounded } from '../../map-bounded';
import { robotsOf, type PullCredential } from '../model/target';
import { namedImage, type NamedImage } from '../pull/named-image';
import { evidence, failOn, mergeOutcomes, skip, type Outcome } from '../model/outcome';
import { firstImage } from '../support/per-image';
import { withoutToken } from '../support/token-refusal';
import { problem } from '../model/problem';

/**
 * Both directions are findings: an action that is not declared, and a declared one that is missing. A repository token
 * has every action that its owner has there (docs/harbor-behavior.md 2.8), so nothing is hidden.
 */
export const check: ProjectCheck = {
  id: 'A5',
  title: 'Pull credentials have exactly the declared permissions',
  proves:
    'The token of every declared robot that may pull here has exactly the declared actions, and that of the first does not give access to another project.',
  why: 'A cluster credential that can push can poison the cache for all clusters.',
  limits:
    'Checks registry actions, not permissions for the API. A robot whose secret is not on this machine is not tested.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'project',
  run,
};

const AT_ONCE = 3;

async function run(context: ProjectContext): Promise<Outcome> {
  const robots = robotsOf(context.project);
  const image = firstImage(context);
  if (robots.length === 0) return skip('clients of this project pull anonymously');
  if (!image) return skip('no image is declared for this project');
  const parts = await mapBounded(robots, AT_ONCE, async (robot) => ({
    part: robot.username,
    outcome: await look(context, robot, image),
  }));
  const [only, ...others] = parts;
  return only && others.length === 0 ? only.outcome : mergeOutcomes(parts);
}

/**
 * The secret of another robot may be on another machine only. The secret of the client itself is needed for every
 * check, so a missing one is an error of the run.
 */
async function look(context: ProjectContext, robot: PullCredential, image: NamedImage): Promise<Outcome> {
  const isPuller = robot.username === context.project.pullCredential?.username;
  try {
    return await judge(context, robot, image, isPuller);
  } catch (thrown) {
    if (thrown instanceof SecretError && !isPuller)
      return skip(`not tested, its secret is not here: ${thrown.message}`);
    throw thrown;
  }
}

/**
 *      declared     granted           verdict
 *      pull         pull              pass
 *      pull         pull, push        fail: may push, which is not declared
 *      pull, push   pull              fail: may not push, which is declared
 *      any          the token of this project opens another one      fail
 *      any          no token          see `withoutToken`
 */
async function judge(
  context: ProjectContext,
  credential: PullCredential,
  image: NamedImage,
  isPuller: boolean,
): Promise<Outcome> {
  const { username } = credential;
  const answer = await context.puller.as(credential).token(undefined, `repository:${image.name}:pull`, context.wire);
  const { token } = answer;
  const access = answer.status === 200 ? readTokenAccess(token) : undefined;
  if (!access) return withoutToken(answer, username, `what ${username} may do is not known`);
  const granted = access.filter(({ name }) => name === image.name).flatMap(({ actions }) => actions);
  const declared = credential.actions ?? ['pull'];
  const undeclared = granted.filter((action) => !declared.includes(action));
  const missing = declared.filter((action) => !granted.includes(action));
  const elsewhere = isPuller ? await openElsewhere(context, token) : [];
  const wrong = [
    ...undeclared.map((action) => `may ${action}, which is not declared`),
    ...missing.map((action) => `may not ${action}, which is declared`),
    ...elsewhere,
  ];
  const problems = [
    ...undeclared.map((action) => problem('undeclared-right', username, action)),
    ...missing.map((action) => problem('missing-right', username, action)),
    ...elsewhere.map(() => problem('opens-other-projects', username)),
  ];
  const allowed = granted.join(', ') || 'nothing';
  const words = wrong.map((one) => `${username} ${one}`);
  return failOn(words, `${username} may ${allowed}`, [evidence('actions', allowed)], problems);
}

/** The token of this project is used for another project of the run; it must be refused even if that one is public. */
async function openElsewhere({ anonymous, target, project, wire }: ProjectContext, token: string): Promise<string[]> {
  const other = target.projects.find(({ name, images }) => name !== project.name && images.length > 0);
  const image: NamedImage | undefined = other && namedImage(other.name, other.images[0]!);
  if (!image) return [];
  const path = `/v2/${image.name}/manifests/${manifestReference(image.image)}`;
  const headers = { accept: ACCEPT_MANIFEST, authorization: `Bearer ${token}` };
  const answer = await anonymous.plain({ method: 'HEAD', path, headers }, wire);
  // Other responses, such as a policy, an outage or a page of a proxy in front, do not judge the token.
  if (answer.status !== 200 || !isManifestType(bareMediaType(header(answer, 'content-type')))) return [];
  return [`got access to ${image.name} with a token for ${project.name}: ${describePlain(answer)}`];
}
