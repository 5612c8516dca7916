import { dayOf } from '../../answer-words';
import type { Evidence } from '../../model/outcome';
import { robotsOf } from '../../model/target';
import type { Failure, Findings, RobotFinding } from '../findings';
import { foundBy, isProblem, problemIs, type Rule } from '../rule';
import { applyRobot } from './exposure';

/** The robot of this failure: the one that the check names, else the one that pulled. */
function robotOf({ problem, symptom }: Failure, { project }: Findings): string | undefined {
  const isOfRobot = ['dead-credential', 'robot-expired', 'robot-disabled', 'robot-expires', 'missing-right'];
  if (problem) return isOfRobot.includes(problem.kind) ? problem.subject : undefined;
  return symptom === 'refused' || symptom === 'denied' ? project?.pullCredential?.username : undefined;
}

/** The robot of this failure, if the token service refuses it; undefined if it works or was not probed. */
function dead(failure: Failure, findings: Findings): { name: string; robot: RobotFinding } | undefined {
  const name = robotOf(failure, findings);
  const robot = name === undefined ? undefined : findings.robots?.[name];
  if (name === undefined || !robot) return undefined;
  // Harbor's token service only refuses with 401, and without a page: anything else comes from a proxy in front.
  return robot.status === 401 && robot.isHarbors !== false ? { name, robot } : undefined;
}

/** Such as `token request of robot$ci: 401` and `in Harbor: enabled, expires 2026-11-02`. */
function evidenceOf(name: string, { status, harbor }: RobotFinding): Evidence[] {
  const inHarbor =
    harbor.state === 'present'
      ? [
          harbor.isDisabled ? 'disabled' : 'enabled',
          harbor.expiresAt < 0 ? 'never expires' : `expires ${dayOf(harbor.expiresAt * 1000)}`,
        ].join(', ')
      : harbor.state === 'absent'
        ? harbor.renamed === undefined
          ? 'does not exist'
          : `is called ${harbor.renamed}`
        : 'may not be read';
  return [
    { label: `token request of ${name}`, value: String(status) },
    { label: 'in Harbor', value: inHarbor },
  ];
}

/** Harbor has the expiry date in seconds since 1970; -1 is never (docs/harbor-behavior.md 8.3). */
function isExpired({ harbor }: RobotFinding): boolean {
  return harbor.state === 'present' && harbor.expiresAt >= 0 && harbor.expiresAt * 1000 <= Date.now();
}

function isDisabled({ harbor }: RobotFinding): boolean {
  return harbor.state === 'present' && harbor.isDisabled;
}

/** A robot that does not work for this reason. */
function deadSo(isSo: (robot: RobotFinding) => boolean): Rule['seen'] {
  return (failure, findings) => {
    const found = dead(failure, findings);
    return found && isSo(found.robot) ? evidenceOf(found.name, found.robot) : undefined;
  };
}

/** The command that writes the declared secret again. None for a robot without an address: it is not declared here. */
function rotate({ project }: Findings, username: string | undefined): { readonly command?: string } {
  const robot = project && robotsOf(project).find((one) => one.username === username);
  return robot?.address === undefined ? {} : { command: `breakwater apply --rotate ${robot.address}` };
}

const nameOf = (failure: Failure, findings: Findings): string =>
  failure.problem?.subject ?? robotOf(failure, findings) ?? 'the pull credential';

/**
 * Logins that are refused. The token service decides that a robot does not work (401); the API of Harbor decides why:
 *
 *      in Harbor                        cause
 *      disabled                         robot-disabled
 *      expiry date in the past          robot-expired
 *      missing, but with another name   robot-prefix (docs/harbor-behavior.md 8.6)
 *      missing                          robot-missing
 *      there, and valid                 robot-secret: only the secret is left as a reason
 *      may not be read                  credential-refused
 *
 * Before all of these: if every login of the run is refused, it is not the robot. After them come the causes of robots
 * that still get a token, or that nothing has pulled with:
 *
 *      found by a check                                       cause
 *      disabled or expired in Harbor, and not refused         robot-disabled-unused: no pull fails yet
 *      expires within the warning time                        robot-expires
 *      lacks pull, and it is what this failure was about      missing-right: an outage
 *      another right is missing, or one is undeclared         undeclared-right: soon
 *      none; a private project without a declared robot       no-robot
 */
export const CREDENTIAL: readonly Rule[] = [
  {
    kind: 'every-login-refused',
    rank: 'outage',
    party: 'front door or Harbor',
    seen: (failure, findings) => {
      const isLogin =
        isProblem(failure, 'dead-credential', 'anonymous-refused', 'missing-right') ||
        ['refused', 'denied'].includes(failure.symptom ?? '');
      const works = Object.values(findings.robots ?? {}).some(({ status }) => status === 200);
      return findings.harbor?.isRefused && isLogin && !works
        ? [{ label: 'API of Harbor', value: 'refuses the credential of this run, too (401)' }]
        : undefined;
    },
    say: (_failure, { host }) => ({
      words: `${host} refuses every login of this run, robots and API alike`,
      whatToDo: 'check that the proxy in front passes on the header Authorization; else the accounts were changed',
    }),
  },
  {
    kind: 'robot-disabled',
    rank: 'outage',
    party: 'credential',
    seen: deadSo(isDisabled),
    say: (failure, findings) => ({
      subject: nameOf(failure, findings),
      plural: 'robots are disabled',
      words: `${nameOf(failure, findings)} is disabled`,
      whatToDo: 'enable it: the declaration does not have disable: true',
      ...applyRobot(findings, robotOf(failure, findings)),
    }),
  },
  {
    kind: 'robot-expired',
    rank: 'outage',
    party: 'credential',
    seen: deadSo((robot) => isExpired(robot) && !isDisabled(robot)),
    say: (failure, findings) => {
      const name = nameOf(failure, findings);
      const harbor = findings.robots?.[name]?.harbor;
      const on = harbor?.state === 'present' ? ` on ${dayOf(harbor.expiresAt * 1000)}` : '';
      return {
        subject: nameOf(failure, findings),
        plural: 'robots expired',
        words: `${name} expired${on}`,
        whatToDo:
          'set its duration to the number of days it should live (or -1), then apply; rotating the secret does not extend it',
        ...applyRobot(findings, name),
      };
    },
  },
  {
    kind: 'robot-prefix',
    rank: 'outage',
    party: 'policy',
    seen: deadSo(({ harbor }) => harbor.state === 'absent' && harbor.renamed !== undefined),
    say: (failure, findings) => {
      const name = nameOf(failure, findings);
      const { harbor } = findings.robots?.[name] ?? {};
      const renamed = harbor?.state === 'absent' ? harbor.renamed : undefined;
      return {
        subject: name,
        plural: 'robots have another prefix in Harbor',
        words: `${name} is called ${renamed ?? 'otherwise'} in Harbor: robot_name_prefix was changed`,
        whatToDo: 'set robot_name_prefix back, or give clients and declaration the new names',
        command: 'breakwater apply --target configuration',
      };
    },
  },
  {
    kind: 'robot-missing',
    rank: 'outage',
    party: 'credential',
    seen: deadSo(({ harbor }) => harbor.state === 'absent'),
    say: (failure, findings) => ({
      subject: nameOf(failure, findings),
      plural: 'robots do not exist in Harbor',
      words: `${nameOf(failure, findings)} does not exist in Harbor`,
      whatToDo: 'create it with breakwater apply, and give its secret to the clients',
      ...applyRobot(findings, robotOf(failure, findings)),
    }),
  },
  {
    kind: 'robot-secret',
    rank: 'outage',
    party: 'credential',
    // Harbor never returns a secret. A robot that is there, enabled and valid, and refused, can only have another one.
    seen: deadSo((robot) => robot.harbor.state === 'present' && !isExpired(robot) && !isDisabled(robot)),
    say: (failure, findings) => ({
      subject: nameOf(failure, findings),
      plural: 'robots have another secret in Harbor than declared',
      words: `${nameOf(failure, findings)} has another secret in Harbor than declared`,
      whatToDo: 'rewrite the declared secret, or declare the secret that Harbor has',
      ...rotate(findings, robotOf(failure, findings)),
    }),
  },
  {
    kind: 'credential-refused',
    rank: 'outage',
    party: 'credential',
    seen: deadSo(({ harbor }) => harbor.state === 'hidden'),
    say: (failure, findings) => ({
      subject: nameOf(failure, findings),
      plural: 'robots are refused by the token service',
      words: `the token service refuses ${nameOf(failure, findings)}`,
      whatToDo: 'it expired, is disabled, or has another secret: breakwater plan shows which',
      command: 'breakwater plan',
    }),
  },
  {
    kind: 'robot-disabled-unused',
    rank: 'soon',
    party: 'credential',
    seen: (failure) => (isProblem(failure, 'robot-disabled', 'robot-expired') ? [foundBy(failure)] : undefined),
    say: (failure, findings) => ({
      words: `${failure.problem?.subject ?? 'a robot'} ${failure.problem?.kind === 'robot-disabled' ? 'is disabled' : `expired on ${failure.problem?.value ?? ''}`} in Harbor`,
      whatToDo: 'apply its declaration; an expired robot needs a longer duration',
      ...applyRobot(findings, failure.problem?.subject),
    }),
  },
  {
    kind: 'robot-expires',
    rank: 'soon',
    party: 'credential',
    seen: problemIs('robot-expires'),
    say: (failure, findings) => ({
      subject: nameOf(failure, findings),
      plural: 'robots expire soon',
      words: `${failure.problem?.subject ?? 'a robot'} expires on ${failure.problem?.value ?? ''}`,
      whatToDo:
        'set its duration to the number of days it should live, then apply; rotating the secret does not extend it',
      ...applyRobot(findings, failure.problem?.subject),
    }),
  },
  {
    kind: 'missing-right',
    rank: 'outage',
    party: 'credential',
    // The token service answers 200 also without any permission; the token then has no action (docs/harbor-behavior.md
    // 2.7), and the pull is refused. A5 reads the token, so this failure may rely on a finding of another check.
    seen: (failure, { problems, project, robots }) => {
      const isOfOther = isProblem(failure, 'missing-right') && failure.problem?.value === 'pull';
      const username = isOfOther ? failure.problem?.subject : project?.pullCredential?.username;
      const isAlive = username !== undefined && robots?.[username]?.status === 200;
      const lacks = problems.find(
        ({ kind, subject, value }) => kind === 'missing-right' && subject === username && value === 'pull',
      );
      const isAbout = isProblem(failure, 'missing-right') || ['refused', 'denied'].includes(failure.symptom ?? '');
      return isAlive && lacks && isAbout ? [{ label: 'its token', value: 'does not allow to pull' }] : undefined;
    },
    say: ({ problem }, findings) => {
      const username = problem?.subject ?? findings.project?.pullCredential?.username;
      return {
        words: `${username ?? 'the robot'} may not pull`,
        whatToDo: 'grant it the declared permission repository:pull',
        ...applyRobot(findings, username),
      };
    },
  },
  {
    kind: 'undeclared-right',
    rank: 'soon',
    party: 'credential',
    // A robot whose secret is refused gets the rights of an anonymous client: the comparison would blame the wrong thing.
    seen: (failure, { problems, robots }) => {
      const isDead = problems.some(({ kind }) => kind === 'dead-credential');
      // The same if its login could not be judged.
      const status = robots?.[failure.problem?.subject ?? '']?.status ?? 200;
      const isMissing = isProblem(failure, 'missing-right') && status === 200;
      return (isMissing || isProblem(failure, 'undeclared-right')) && !isDead ? [foundBy(failure)] : undefined;
    },
    say: (failure, findings) => ({
      subject: nameOf(failure, findings),
      plural: 'robots have other permissions than declared',
      words: `${failure.problem?.subject ?? 'a robot'} may ${failure.problem?.kind === 'missing-right' ? 'not ' : ''}${failure.problem?.value ?? ''}, unlike declared`,
      whatToDo: 'apply its declared permissions',
      ...applyRobot(findings, failure.problem?.subject),
    }),
  },
  {
    kind: 'no-robot',
    rank: 'outage',
    party: 'declaration',
    // Without a credential the checks pull anonymously, and a private project refuses that. Nothing is broken in Harbor.
    seen: ({ symptom }, { project, live }) => {
      if (symptom !== 'refused' || !project || project.public || robotsOf(project).length > 0) return undefined;
      if (live?.state === 'absent') return undefined;
      return [{ label: 'declared', value: 'private, but no robot whose secret is on this machine may pull' }];
    },
    say: () => ({
      words: 'a private project has no declared robot that may pull from it',
      whatToDo: 'declare a robot with repository:pull and secret: (or secret_to: with as: plain), or set public: true',
    }),
  },
];
