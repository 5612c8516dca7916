import { foundBy, isProblem, problemIs, type Rule } from '../rule';
import type { Evidence } from '../../model/outcome';
import type { Findings } from '../findings';

const targetOf = ({ project }: Findings): string => `project/${project?.name ?? ''}`;

/**
 * Clients may read or write something that they must not: more severe than everything else, even an outage.
 *
 *       an anonymous client reads the project, and Harbor has it as
 *         private                    anonymous-pull-at-front   a proxy in front adds a credential, or caches
 *         public, or not known       anonymous-pull            the setting differs from the declaration
 *       a token that nothing issued is accepted (A6), and the same pull with a correct one
 *         returns 200                any-secret-accepted       something responds instead of Harbor
 *         fails                      none of these: the response is not Harbor's
 *
 *       The problems anonymous-write, push-accepted, delete-accepted and opens-other-projects are causes by
 *       themselves; undeclared-right is one (robot-may-write) only for push and delete.
 */
export const EXPOSURE: readonly Rule[] = [
  {
    kind: 'anonymous-pull-at-front',
    rank: 'exposure',
    party: 'front door',
    // The project is private in Harbor: then a proxy in front adds a credential of its own.
    seen: (failure, { problems, live }) => {
      const isOpen = problems.some(({ kind }) => kind === 'anonymous-pull');
      const isToken = isOpen && isProblem(failure, 'any-token-accepted', 'any-secret-accepted', 'anonymous-write');
      const isPrivate = live?.state === 'present' && live.metadata['public'] !== 'true';
      return isPrivate && (isToken || isProblem(failure, 'anonymous-pull'))
        ? [foundBy(failure), { label: 'public in Harbor', value: 'false' }]
        : undefined;
    },
    say: (_failure, { host }) => ({
      words: 'anonymous clients can read a project that is private in Harbor',
      whatToDo: `find the proxy in front of ${host} that adds a credential of its own to requests, or caches tokens or pulls, and stop it`,
    }),
  },
  {
    kind: 'anonymous-write',
    rank: 'exposure',
    // Harbor itself never grants this permission to anonymous clients, whatever is declared.
    party: 'front door',
    seen: problemIs('anonymous-write'),
    say: ({ problem }) => ({
      words: `anonymous clients may ${problem?.value ?? 'write'}`,
      whatToDo: 'find the proxy in front that adds a credential of its own, close it, then find out what was written',
    }),
  },
  {
    kind: 'anonymous-pull',
    rank: 'exposure',
    party: 'policy',
    // If anonymous clients may pull, a broken token counts as none: that is not a second exposure.
    seen: (failure, { problems, live }) => {
      const isOpen = problems.some(({ kind }) => kind === 'anonymous-pull');
      const isToken = isOpen && isProblem(failure, 'any-token-accepted');
      return isToken || isProblem(failure, 'anonymous-pull') ? [foundBy(failure), ...publicIn(live)] : undefined;
    },
    say: (_failure, findings) => ({
      words: 'anonymous clients can read a private project',
      whatToDo: 'make it private again, as declared',
      command: `breakwater apply --target ${targetOf(findings)}`,
    }),
  },
  {
    kind: 'push-accepted',
    rank: 'exposure',
    party: 'Harbor',
    seen: problemIs('push-accepted'),
    say: ({ problem }) => ({
      words: `${problem?.subject ?? 'a robot'} can push into a proxy cache project`,
      whatToDo: 'remove push from every robot of the project, and check the audit log for pushes',
    }),
  },
  {
    kind: 'delete-accepted',
    rank: 'exposure',
    party: 'policy',
    seen: problemIs('delete-accepted'),
    say: ({ problem }) => ({
      words: `${problem?.subject ?? 'the pull credential'} can delete images`,
      whatToDo: 'remove delete from the credentials that clients pull with',
    }),
  },
  {
    kind: 'any-secret-accepted',
    rank: 'exposure',
    party: 'front door',
    // If even a correct token gets no image, the response to a broken one is not Harbor's.
    seen: (failure, { again }) =>
      isProblem(failure, 'any-secret-accepted') || (isProblem(failure, 'any-token-accepted') && again === 200)
        ? [foundBy(failure)]
        : undefined,
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
    seen: problemIs('opens-other-projects'),
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

function publicIn(live: Findings['live']): Evidence[] {
  return live?.state === 'present' ? [{ label: 'public in Harbor', value: live.metadata['public'] ?? 'not set' }] : [];
}

/** The command that restores a robot to its declaration. */
export function applyRobot({ project }: Findings, username: string | undefined): { readonly command?: string } {
  const robot = [...(project?.robots ?? []), project?.pullCredential].find((one) => one?.username === username);
  return robot?.address === undefined ? {} : { command: `breakwater apply --target ${robot.address}` };
}
