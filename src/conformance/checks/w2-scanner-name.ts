import { describePlain, errorCode, errorText } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { SCANNER_ROBOT_BY_NAME } from '../model/deviation';
import { hasFeature } from '../harbor-version';
import { error, evidence, fail, knownDeviation, pass, skip, type Outcome } from '../model/outcome';
import { acceptedPush, needsWriteProbe, probePush, pushProblems, unjudged } from '../support/push-probe';
import type { WriteProbe } from '../model/target';

/**
 * Harbor before 2.16 lets a robot push if its name begins like the scanner's (goharbor/harbor#23681): a known deviation
 * there, a failure in later releases.
 */
export const check: ProjectCheck = {
  id: 'W2',
  title: 'A robot named like the scanner’s cannot push',
  proves: 'A robot that may push, and whose name begins like the scanner’s robots, is refused.',
  why: 'Harbor lets a robot with such a name push to a proxy project and poison the cache (goharbor/harbor#23681).',
  limits:
    'Depends on the declared name: the prefix is ROBOT_SCANNER_NAME_PREFIX of core, which changes with every prepare. ' +
    'Robot names are lower case: with a capital letter in the prefix such a name is not possible.',
  upstreamCost: 'none',
  versions: 'before 2.16 a push that is let through is a known deviation',
  writes: true,
  phase: 'front',
  scope: 'project',
  run: (context) => needsWriteProbe(context, (probe) => run(context, probe)),
};

async function run(context: ProjectContext, { likeScanner: robot }: WriteProbe): Promise<Outcome> {
  if (!robot) return skip('no robot with a name like the scanner’s is declared (like_scanner)');
  const answers = await probePush(context, robot);
  const shown = [evidence('as', robot.username)];
  const problems = pushProblems(answers).join('; ');
  if (problems !== '') {
    const isKnown = hasFeature(context.harborVersion, 'scannerRobotByIdentity') === false;
    return isKnown
      ? knownDeviation(SCANNER_ROBOT_BY_NAME, problems, shown)
      : fail(problems, shown, acceptedPush(answers, robot));
  }
  const other = unjudged(answers);
  if (other) return error(`whether pushes are refused is not known: ${describePlain(other)}`);
  if (answers.upload.status === 401 || answers.put.status === 401)
    return error(`${robot.username} may not push because of its role, so its name was not tested`);
  const unnamed = [answers.upload, answers.put].find(({ body }) => errorCode(body) !== 'DENIED');
  if (unnamed) return error(`refused by a proxy in front, so its name was not tested: ${describePlain(unnamed)}`);
  return pass(`refused: ${errorText(answers.upload.body) ?? answers.upload.status}`, shown);
}
