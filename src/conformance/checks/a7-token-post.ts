import { describePlain, isPassing } from '../answer-words';
import type { HostCheck } from '../model/check';
import type { CheckContext } from '../model/context';
import { goesOnAfter, postForToken } from '../personas';
import { error, evidence, failOn, skip, type Outcome } from '../model/outcome';

/**
 * containerd requests a token with POST (OAuth2) first, and uses GET only after certain statuses.
 *
 *      POST /service/token     then containerd
 *      200                     has its token
 *      400, 401, 404, 405      tries GET
 *      403, 5xx and others     gives up: every pull with a credential fails
 *
 * A limit or a failure (429, 5xx) that GET gets as well says nothing about POST.
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

/** Grants nothing: the project does not exist and the request is anonymous. */
const SCOPE = 'repository:breakwater-probe/none:pull';

async function run({ anonymous, wire }: CheckContext): Promise<Outcome> {
  const front = await anonymous.plain({ method: 'GET', path: '/v2/' }, wire);
  const answer = await postForToken(anonymous, front, undefined, wire);
  if (!answer) return skip('the realm is not on this host (see T4 and T5)');
  if (isPassing(answer.status)) {
    const { status, token } = await anonymous.token(undefined, SCOPE, wire);
    if (status !== 200 || token === '')
      return error(`what POST returns is not known: ${describePlain(answer)}, and ${status} for GET`);
  }
  const problems = goesOnAfter(answer) ? [] : [`containerd gives up after ${describePlain(answer)}`];
  return failOn(problems, `POST returns ${answer.status}`, [evidence('status', answer.status)]);
}
