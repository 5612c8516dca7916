import { describePlain, errorCode, errorText } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { error, evidence, fail, pass, type Outcome } from '../model/outcome';
import { acceptedPush, needsWriteProbe, probePush, pushProblems, unjudged } from '../support/push-probe';
import type { WriteProbe } from '../model/target';

/**
 *      403 DENIED                   pass: the rule of the proxy cache (docs/harbor-behavior.md 10.11)
 *      401                          error: the robot may not push at all, so the rule was not reached
 *      403 without that code        error: refused by a proxy in front
 *      accepted, or another 4xx     fail: not refused
 *      429, 5xx, a page             error: nothing is known
 */
export const check: ProjectCheck = {
  id: 'W1',
  title: 'A proxy cache refuses pushes',
  proves: 'A robot that may push is refused: 403 DENIED for an upload and for a manifest.',
  why: 'A client that can push to a proxy project can replace what all others pull (goharbor/harbor#23681).',
  limits: 'Tests only the declared robot, not an administrator.',
  upstreamCost: 'none',
  writes: true,
  phase: 'front',
  scope: 'project',
  run: (context) => needsWriteProbe(context, (probe) => run(context, probe)),
};

async function run(context: ProjectContext, { robot }: WriteProbe): Promise<Outcome> {
  const answers = await probePush(context, robot);
  const shown = [evidence('as', robot.username)];
  const problems = pushProblems(answers);
  if (problems.length > 0) return fail(problems.join('; '), shown, acceptedPush(answers, robot));
  const other = unjudged(answers);
  if (other) return error(`whether pushes are refused is not known: ${describePlain(other)}`);
  // Harbor checks the permission to push before the proxy project's rule (docs/harbor-behavior.md 10.11).
  if (answers.upload.status === 401 || answers.put.status === 401)
    return error(
      `${robot.username} may not push, or its secret does not work, so the rule of the proxy project was ` +
        `not tested: ${describePlain(answers.upload)}; grant it repository:push in ${context.project.name}`,
    );
  const unnamed = [answers.upload, answers.put].find(({ body }) => errorCode(body) !== 'DENIED');
  if (unnamed)
    return error(
      `refused by a proxy in front, so the rule of the proxy project was not tested: ${describePlain(unnamed)}`,
    );
  return pass(`refused: ${errorText(answers.upload.body) ?? answers.upload.status}`, shown);
}
