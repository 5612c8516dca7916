import { foundBy, isProblem, type Rule } from '../rule';
import type { Findings } from '../findings';

const targetOf = ({ project }: Findings): string => `project/${project?.name ?? ''}`;

/** Somebody may read or write who must not: before everything else, also before an outage. */
export const EXPOSURE: readonly Rule[] = [
  {
    kind: 'anonymous-write',
    rank: 'exposure',
    party: 'policy',
    seen: (failure) => (isProblem(failure, 'anonymous-write') ? [foundBy(failure)] : undefined),
    say: ({ problem }) => ({
      words: `anonymous clients may ${problem?.value ?? 'write'}`,
      whatToDo: 'make the project private now, then find out what was written',
    }),
  },
  {
    kind: 'anonymous-pull',
    rank: 'exposure',
    party: 'policy',
    // Where anonymous clients may pull, a broken token counts as none: that is no second exposure.
    seen: (failure, { problems }) => {
      const isOpen = problems.some(({ kind }) => kind === 'anonymous-pull');
      const isToken = isOpen && isProblem(failure, 'any-token-accepted');
      return isToken || isProblem(failure, 'anonymous-pull') ? [foundBy(failure)] : undefined;
    },
    say: (_failure, findings) => ({
      words: 'anonymous clients can read a private project',
      whatToDo: 'make it private again: Harbor has public: true, the declaration false',
      command: `breakwater apply --target ${targetOf(findings)}`,
    }),
  },
  {
    kind: 'push-accepted',
    rank: 'exposure',
    party: 'Harbor',
    seen: (failure) => (isProblem(failure, 'push-accepted') ? [foundBy(failure)] : undefined),
    say: ({ problem }) => ({
      words: `${problem?.subject ?? 'a robot'} can push into a proxy cache project`,
      whatToDo: 'remove push from every robot of the project, and check the audit log for pushes',
    }),
  },
  {
    kind: 'delete-accepted',
    rank: 'exposure',
    party: 'policy',
    seen: (failure) => (isProblem(failure, 'delete-accepted') ? [foundBy(failure)] : undefined),
    say: ({ problem }) => ({
      words: `${problem?.subject ?? 'the pull credential'} can delete images`,
      whatToDo: 'remove delete from the credentials that clients pull with',
    }),
  },
  {
    kind: 'any-secret-accepted',
    rank: 'exposure',
    party: 'front door',
    seen: (failure) =>
      isProblem(failure, 'any-secret-accepted', 'any-token-accepted') ? [foundBy(failure)] : undefined,
    say: ({ problem }) => ({
      words:
        problem?.kind === 'any-token-accepted' ? 'any token opens a private project' : 'any secret logs a robot in',
      whatToDo: 'find the proxy or service that responds instead of Harbor',
    }),
  },
  {
    kind: 'opens-other-projects',
    rank: 'exposure',
    party: 'Harbor',
    seen: (failure) => (isProblem(failure, 'opens-other-projects') ? [foundBy(failure)] : undefined),
    say: ({ problem }) => ({
      words: `a token of ${problem?.subject ?? 'a robot'} for one project opens another`,
      whatToDo: 'check the proxy in front of Harbor: it may add its own credential to requests',
    }),
  },
  {
    kind: 'robot-may-write',
    rank: 'exposure',
    party: 'policy',
    seen: (failure) =>
      isProblem(failure, 'undeclared-right') && ['push', 'delete'].includes(failure.problem?.value ?? '')
        ? [foundBy(failure)]
        : undefined,
    say: ({ problem }, findings) => ({
      words: `${problem?.subject ?? 'a robot'} may ${problem?.value ?? 'write'}, which is not declared`,
      whatToDo: 'remove the permission',
      ...applyRobot(findings, problem?.subject),
    }),
  },
];

/** The command that brings a robot back to its declaration. */
export function applyRobot({ project }: Findings, username: string | undefined): { readonly command?: string } {
  const robot = [...(project?.robots ?? []), project?.pullCredential].find((one) => one?.username === username);
  return robot?.address === undefined ? {} : { command: `breakwater apply --target ${robot.address}` };
}
