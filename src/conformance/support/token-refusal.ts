import type { TokenAnswer } from '../../oci';
import { error, fail, type Outcome } from '../model/outcome';
import { problem } from '../model/problem';

type Refusal = Pick<TokenAnswer, 'status' | 'said'>;

/**
 * Whether Harbor itself sent this response of `/service/token` in place of a token. It refuses a login with 401 and fails
 * with 500, both without a body (docs/harbor-behavior.md 2.7).
 *
 *      status       no body       error of a registry   anything else
 *      401, 500     Harbor        Harbor                a proxy in front
 *      other 5xx    a proxy       Harbor                a proxy
 *      other        a proxy       a proxy               a proxy: Harbor limits and forbids nothing here
 */
export function isHarborsRefusal({ status, said }: Refusal): boolean {
  if (status === 401 || status === 500) return said !== 'other';
  return status > 500 && said === 'error';
}

/** As in the problem `no-token`. */
export function refuser(answer: Refusal): 'Harbor' | 'front door' {
  return isHarborsRefusal(answer) ? 'Harbor' : 'front door';
}

/** A 4xx that judges the request: a limit of requests (429) does not. */
export function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

/**
 * A token request that returned no token, or none that can be read:
 *
 *      response                      outcome
 *      401 of Harbor, to a robot     fail, dead-credential: its only refusal
 *      another 4xx, but not 429      fail, no-token
 *      429, 5xx, no or another token error: neither the credential nor its permissions were judged
 *
 * @param username absent for an anonymous request
 * @param unknown what is not known then, such as `whether it may pull is not known`
 */
export function withoutToken(answer: TokenAnswer, username: string | undefined, unknown?: string): Outcome {
  const { status, requestId } = answer;
  const message = `the token service returned ${status}${status === 200 ? ' without a token that can be read' : ''} [${requestId}]`;
  if (username !== undefined && status === 401 && isHarborsRefusal(answer))
    return fail(message, [], [problem('dead-credential', username, '401')]);
  if (isRefusal(status)) return fail(message, [], [problem('no-token', refuser(answer), String(status))]);
  return error(unknown === undefined ? message : `${unknown}: ${message}`);
}
