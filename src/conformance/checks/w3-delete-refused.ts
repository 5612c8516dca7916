import { randomBytes } from 'node:crypto';
import type { PlainAnswer } from '../../oci';
import { describePlain, errorCode } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { error, evidence, fail, pass, type Outcome } from '../model/outcome';
import { needsWriteProbe, PROBE_REPOSITORY, tokenFor } from '../support/push-probe';
import { problem } from '../model/problem';

/** Asks to delete a random digest, which exists nowhere. 404 is the answer to a caller who may delete. */
export const check: ProjectCheck = {
  id: 'W3',
  title: 'Pull credentials cannot delete',
  proves: 'Deleting a manifest with the credential that clients of this project use returns 401.',
  why: 'An image that is deleted from the cache is lost if the upstream has removed it (goharbor/harbor#20997).',
  limits: 'Deletes a digest that does not exist, so it shows only whether the request is refused.',
  upstreamCost: 'none',
  writes: true,
  phase: 'front',
  scope: 'project',
  run: (context) => needsWriteProbe(context, () => run(context)),
};

async function run(context: ProjectContext): Promise<Outcome> {
  const { puller, project, wire } = context;
  const name = `${project.name}/${PROBE_REPOSITORY}`;
  const headers = await tokenFor(puller, `repository:${name}:pull,delete`, wire);
  // Without a token the request is anonymous, and says nothing of the credential.
  if (project.pullCredential && headers['authorization'] === undefined)
    return error('the token service returned no token (see A4)');
  const digest = `sha256:${randomBytes(32).toString('hex')}`;
  const answer = await puller.plain({ method: 'DELETE', path: `/v2/${name}/manifests/${digest}`, headers }, wire);
  return judge(answer, project.pullCredential?.username ?? 'anonymous');
}

/**
 *      answer                          verdict
 *      401, 403 of Harbor              pass
 *      404 in the form of a registry   fail: only a caller with the permission gets as far as looking for the digest
 *      202                             fail: accepted
 *      anything else                   error: a limit, a failure, or a page of a proxy in front
 */
function judge(answer: PlainAnswer, who: string): Outcome {
  const shown = [evidence('as', who)];
  const isHarbors = errorCode(answer.body) !== undefined;
  if ((answer.status === 401 || answer.status === 403) && isHarbors) return pass(`refused: ${answer.status}`, shown);
  const isLookedFor = answer.status === 404 && isHarbors;
  if (!isLookedFor && answer.status !== 202)
    return error(`whether ${who} may delete is not known: ${describePlain(answer)}`);
  const became = isLookedFor
    ? 'may delete: Harbor did not refuse but looked for the digest'
    : 'was not refused a deletion';
  return fail(`${who} ${became}: ${describePlain(answer)}`, shown, [problem('delete-accepted', who)]);
}
