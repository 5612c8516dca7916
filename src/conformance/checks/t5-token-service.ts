import { bearerChallenge, tokenWords } from '../../oci';
import { describePlain } from '../answer-words';
import type { HostCheck } from '../model/check';
import type { CheckContext } from '../model/context';
import { evidence, fail, pass, skip, type Outcome } from '../model/outcome';
import { problem } from '../model/problem';
import { refuser } from '../support/token-refusal';

/** Follows the challenge of T4 and requests a token that grants nothing (docs/harbor-behavior.md 2.7). */
export const check: HostCheck = {
  id: 'T5',
  title: 'The challenge points to the token service',
  proves: 'The realm has the host and scheme of the request, and returns a token.',
  why: 'Harbor builds the realm from the Host header: a proxy that drops it sends every client to the wrong host.',
  limits: 'Uses the host name of this run; D5 checks mirror domains.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'host',
  run,
};

/** Grants nothing: the project does not exist and the request is anonymous. */
const SCOPE = 'repository:breakwater-probe/none:pull';

/**
 *      GET /v2/                 no Bearer challenge           skip, T4 is about it
 *      realm                    not a URL, another origin     fail: clients send their credential there
 *      GET realm?service&scope  200 with a token              pass
 *                               anything else                 fail; the body shows whether Harbor or a proxy answered
 */
async function run({ anonymous, wire }: CheckContext): Promise<Outcome> {
  const front = await anonymous.plain({ method: 'GET', path: '/v2/' }, wire);
  const realm = bearerChallenge(front.headers['www-authenticate'])?.params['realm'];
  if (realm === undefined) return skip('no Bearer challenge (see T4)');
  if (!URL.canParse(realm)) return fail(`the realm "${realm}" is not a URL`);
  const url = new URL(realm);
  if (url.origin !== anonymous.url.origin)
    return fail(`at ${anonymous.url.origin} the challenge sends clients to ${url.origin}`);
  const query = new URLSearchParams({ service: 'harbor-registry', scope: SCOPE });
  const answer = await anonymous.plain({ method: 'GET', path: `${url.pathname}?${query.toString()}` }, wire);
  const isToken = answer.status === 200 && hasToken(answer.body);
  const shown = [evidence('realm', realm)];
  if (isToken) return pass(`tokens come from ${url.host}`, shown);
  const { status, body } = answer;
  const kind = problem('no-token', refuser({ status, said: tokenWords(body) }), String(status));
  return fail(`the token service returned ${describePlain(answer)}`, shown, [kind]);
}

/** Three parts with dots: a JWT. The signature is not verified, because only the registry has to trust it. */
function hasToken(body: Buffer): boolean {
  try {
    const { token } = JSON.parse(body.toString('utf8')) as { token?: unknown };
    return typeof token === 'string' && token.split('.').length === 3;
  } catch {
    return false;
  }
}
