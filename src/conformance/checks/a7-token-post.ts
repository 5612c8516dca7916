import { describePlain } from '../answer-words';
import type { HostCheck } from '../model/check';
import type { CheckContext } from '../model/context';
import { goesOnAfter, postForToken } from '../personas';
import { evidence, failOn, skip, type Outcome } from '../model/outcome';

/**
 * containerd requests a token with POST (OAuth2) first, and uses GET only after certain statuses.
 *
 *      POST /service/token     then containerd
 *      200                     has its token
 *      400, 401, 404, 405      tries GET
 *      403, 5xx and others     gives up: every pull with a credential fails
 */
export const check: HostCheck = {
  id: 'A7',
  title: 'POST for a token fails so that clients fall back to GET',
  proves: 'POST to the realm returns a token, or 400, 401, 404 or 405.',
  why: 'containerd with a credential first sends POST, and tries GET only after these responses.',
  limits: "Sends no credential; M4 does the same with a project's credential.",
  upstreamCost: 'none',
  phase: 'front',
  scope: 'host',
  run,
};

async function run({ anonymous, wire }: CheckContext): Promise<Outcome> {
  const front = await anonymous.plain({ method: 'GET', path: '/v2/' }, wire);
  const answer = await postForToken(anonymous, front, undefined, wire);
  if (!answer) return skip('the realm is not on this host (see T4 and T5)');
  const problems = goesOnAfter(answer) ? [] : [`containerd gives up after ${describePlain(answer)}`];
  return failOn(problems, `POST returns ${answer.status}`, [evidence('status', answer.status)]);
}
