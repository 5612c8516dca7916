import { raiseLimit } from '../../answer-words';
import type { Failure } from '../findings';
import { foundBy, isProblem, type Rule } from '../rule';

/** A request to /api/ by X1 or S14 that told nothing; `value` is its status. */
const isOfApi = (failure: Failure, by: string): boolean =>
  isProblem(failure, 'api-answer') && failure.problem?.subject === by;

/** @param status of a response that is not Harbor's */
function doAtFront(status: number): string {
  if (status === 429) return raiseLimit('/api/');
  return status >= 500
    ? 'Harbor or the proxy in front was restarted or overloaded: read the log of the proxy, then run again'
    : 'correct the routes of the proxy in front: /api/ goes to Harbor, without a login or a portal in between';
}

/**
 * Harbor's API, without which a run does not know whether Harbor is as declared. Pulls may work.
 *
 *       response                                                cause
 *       anything that is not Harbor's                           api-at-front
 *       500 of Harbor; no component is down that it needs       api-error
 */
export const API: readonly Rule[] = [
  {
    kind: 'api-at-front',
    rank: 'soon',
    party: 'front door',
    seen: (failure) => (isOfApi(failure, 'front door') ? [foundBy(failure)] : undefined),
    say: ({ problem }, { host }) => ({
      words: `${host} returns ${problem?.value ?? 'errors'} for /api/, and that is not an answer of Harbor`,
      whatToDo: doAtFront(Number(problem?.value)),
    }),
  },
  {
    kind: 'api-error',
    rank: 'soon',
    party: 'Harbor',
    seen: (failure) => (isOfApi(failure, 'Harbor') ? [foundBy(failure)] : undefined),
    say: ({ problem }, { host }) => ({
      words: `the API of Harbor at ${host} returns errors (${problem?.value ?? '500'})`,
      whatToDo: 'read the log of core: its database and Redis come first',
      command: 'breakwater health',
    }),
  },
];
