import { bearerChallenge } from '../../oci';
import { describePlain } from '../answer-words';
import type { HostCheck } from '../check';
import type { CheckContext } from '../context';
import { evidence, failOn, skip, type Outcome } from '../outcome';

export const check: HostCheck = {
  id: 'A7',
  title: 'A POST for a token leaves the way to GET open',
  proves: 'POST to the realm is answered with a token, or with 400, 401, 404 or 405.',
  why: 'containerd with a credential asks by POST first, and goes on with GET after these answers alone.',
  limits: 'Sends no credential: what a real one is answered may differ, and is not tried.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'host',
  run,
};

const FALLS_BACK = [400, 401, 404, 405];

async function run({ anonymous, wire }: CheckContext): Promise<Outcome> {
  const front = await anonymous.plain({ method: 'GET', path: '/v2/' }, wire);
  const realm = bearerChallenge(front.headers['www-authenticate'])?.params['realm'] ?? '';
  if (!URL.canParse(realm) || new URL(realm).origin !== anonymous.url.origin)
    return skip('the realm is not on this host; T4 and T5 tell more');
  const body = 'grant_type=password&client_id=containerd-client&service=harbor-registry&username=&password=';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await anonymous.plain({ method: 'POST', path: new URL(realm).pathname, headers, body }, wire);
  const isFine = answer.status === 200 || FALLS_BACK.includes(answer.status);
  const problems = isFine ? [] : [`containerd gives up after ${describePlain(answer)}`];
  return failOn(problems, `POST is answered ${answer.status}`, [evidence('status', answer.status)]);
}
