import { bearerChallenge, header, isPageType, type PlainAnswer } from '../../oci';
import { describePlain, errorCode, isFailureOfCore } from '../answer-words';
import type { HostCheck } from '../model/check';
import type { CheckContext } from '../model/context';
import { evidence, failOn, type Outcome } from '../model/outcome';
import { problem, type Problem } from '../model/problem';

/**
 * The first request of every client. Its challenge decides where the client gets its token, so a wrong realm breaks
 * every pull.
 */
export const check: HostCheck = {
  id: 'T4',
  title: 'Anonymous requests get a Bearer challenge',
  proves: 'GET /v2/ without credentials returns 401 with a Bearer challenge that names this host.',
  why: 'A portal page, a redirect or a realm on another host breaks every client (goharbor/harbor#18530).',
  limits: 'Checks only the host name of this run; clients may use another.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'host',
  run,
};

async function run({ anonymous, wire }: CheckContext): Promise<Outcome> {
  const answer = await anonymous.plain({ method: 'GET', path: '/v2/' }, wire);
  const challenge = bearerChallenge(answer.headers['www-authenticate']);
  const problems: string[] = [];
  if (answer.status !== 401) problems.push(`expected 401, got ${describePlain(answer)}`);
  if (!challenge) problems.push(`no Bearer challenge, but "${header(answer, 'www-authenticate') ?? 'nothing'}"`);
  else problems.push(...challengeProblems(challenge.params, anonymous.url));
  if (answer.status === 401 && errorCode(answer.body) !== 'UNAUTHORIZED')
    problems.push('the body is not a registry error with the code UNAUTHORIZED');
  const shown = [evidence('realm', challenge?.params['realm'] ?? 'none')];
  return failOn(problems, `401 with a Bearer challenge for ${anonymous.url.origin}`, shown, kindsOf(answer));
}

/** A foreign realm is recognized from the evidence: see `foreignRealm`. */
function kindsOf({ status, headers, body }: PlainAnswer): Problem[] {
  const isHarbors = errorCode(body) !== undefined;
  if (status >= 500)
    return [problem('unavailable', isFailureOfCore(status, body) ? 'Harbor' : undefined, String(status))];
  if (status >= 300 && status < 400) return [problem('redirect', undefined, String(headers['location'] ?? 'nowhere'))];
  if (status === 429) return [problem('limited', '/v2/', '429')];
  if (status === 401) return bearerChallenge(headers['www-authenticate']) || isHarbors ? [] : [problem('front-login')];
  if (status >= 400) return isHarbors ? [] : [problem('not-routed', '/v2/', String(status))];
  return isPageType(header({ headers }, 'content-type')) ? [problem('page', '/v2/', String(status))] : [];
}

function challengeProblems(params: Readonly<Record<string, string>>, registry: URL): string[] {
  const expected = `${registry.origin}/service/token`;
  const problems: string[] = [];
  if (params['realm'] !== expected) problems.push(`the realm is "${params['realm']}" instead of "${expected}"`);
  if (params['service'] !== 'harbor-registry')
    problems.push(`the service is "${params['service']}" instead of "harbor-registry"`);
  return problems;
}
