import {
  ACCEPT_MANIFEST,
  bareMediaType,
  header,
  isManifestType,
  manifestReference,
  readTokenAccess,
  type PlainAnswer,
} from '../../oci';
import { describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { error, fail, pass, skip, type Outcome } from '../model/outcome';
import { firstImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 * The other half of A2: what the token says is tried.
 *
 *      declared   401, 403   200          412        404 with pull in the token   other
 *      private    pass       fail         fail       fail                         error: nothing is known
 *      public     fail       pass         fail       skip                         fail
 *
 * A 200 of a private project counts only if it is a manifest, and an error only if it is JSON: a page of a proxy in front is
 * neither.
 */
export const check: ProjectCheck = {
  id: 'A3',
  title: 'An anonymous token grants what its claims say',
  proves: 'With that token a manifest is served from a public project and refused from a private one.',
  why: 'The claims of a token and the access that Harbor grants are decided in different places.',
  limits: 'If the image is missing upstream, the result is inconclusive.',
  upstreamCost: '2 HEAD',
  phase: 'serving',
  scope: 'project',
  run,
};

async function run(context: ProjectContext): Promise<Outcome> {
  const image = firstImage(context);
  if (!image) return skip('no image is declared for this project');
  const { token } = await context.anonymous.token(undefined, `repository:${image.name}:pull`, context.wire);
  if (token === '') return error('the token service returned no token (see A2)');
  return judge(context, image, token);
}

async function judge({ anonymous, project, wire }: ProjectContext, named: NamedImage, token: string): Promise<Outcome> {
  const path = `/v2/${named.name}/manifests/${manifestReference(named.image)}`;
  const headers = { accept: ACCEPT_MANIFEST, authorization: `Bearer ${token}` };
  const answer = await anonymous.plain({ method: 'HEAD', path, headers }, wire);
  // A refusal of Harbor is JSON, also without a body.
  const refused = (answer.status === 401 || answer.status === 403) && typeOf(answer) === 'application/json';
  const shown = describePlain(answer);
  if (!project.public && refused) return pass(`refused: ${shown}`);
  if (!project.public && isLetIn(answer, named, token))
    return fail(`declared private, but not refused: ${shown}`, [], [problem('anonymous-pull')]);
  if (!project.public) return error(`whether it is refused could not be determined: ${shown}`);
  if (refused)
    return fail(
      `declared public, but refused: ${shown}`,
      [],
      [problem('anonymous-refused', undefined, String(answer.status))],
    );
  // Docker Hub images without library/ are redirected, but only for clients that may pull.
  if (answer.status === 200 || answer.status === 301) return pass(`served: ${shown}`);
  return answer.status === 404 ? skip(`allowed, but the image is not there: ${shown}`) : fail(`got ${shown}`);
}

/** A page, a redirect or a limit of a proxy in front does not show what Harbor would serve. */
function isLetIn(answer: PlainAnswer, { name }: NamedImage, token: string): boolean {
  const { status } = answer;
  const type = typeOf(answer);
  if (status === 200) return isManifestType(type);
  // Errors of Harbor are JSON, also those without a body.
  if (type !== 'application/json') return false;
  if (status === 412) return true;
  const allowed = readTokenAccess(token)?.some((one) => one.name === name && one.actions.includes('pull')) ?? false;
  return status === 404 && allowed;
}

function typeOf(answer: PlainAnswer): string {
  return bareMediaType(header(answer, 'content-type'));
}
