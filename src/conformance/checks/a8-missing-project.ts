import { header, isPageType, type PlainAnswer } from '../../oci';
import { describePlain, errorCode, isLimitOrFront } from '../answer-words';
import type { HostCheck } from '../model/check';
import type { CheckContext } from '../model/context';
import { problem } from '../model/problem';
import { error, evidence, fail, pass, type Outcome } from '../model/outcome';

export const check: HostCheck = {
  id: 'A8',
  title: 'A missing project is refused like a private one',
  proves:
    'A pull from a project that does not exist returns 401, also with a token, so it does not reveal which projects exist.',
  why: 'A wrong project name in a client looks like a wrong password.',
  limits: 'A later Harbor may return 404, which works as well for clients: this passes and is shown.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'host',
  run,
};

const NAME = 'breakwater-probe-that-is-not-there/none';

/**
 *      answer                       verdict
 *      401                          pass: the same as for a private project
 *      404 with an error body       pass: works for clients, and is shown because it reveals which projects exist
 *      429, 5xx of a proxy          error: the project was not judged
 *      500 of Harbor                fail; error if Harbor returns it for /v2/ as well
 *      404 without one, 200         fail
 */
async function run(context: CheckContext): Promise<Outcome> {
  const { anonymous, wire } = context;
  const request = { method: 'GET', path: `/v2/${NAME}/manifests/latest` } as const;
  const answer = await anonymous.authorized(request, NAME, wire);
  const shown = [evidence('status', answer.status), evidence('code', errorCode(answer.body) ?? 'none')];
  if (answer.status === 401) return pass('401, as for a private project', shown);
  if (answer.status === 404 && errorCode(answer.body) !== undefined) return pass('404 with an error body', shown);
  if (await isUnjudged(context, answer)) return error(`whether it is refused is not known: ${describePlain(answer)}`);
  const isPage = answer.status === 200 && isPageType(header(answer, 'content-type'));
  return fail(`expected 401, got ${describePlain(answer)}`, shown, isPage ? [problem('page', undefined, '200')] : []);
}

async function isUnjudged({ anonymous, wire }: CheckContext, answer: PlainAnswer): Promise<boolean> {
  if (isLimitOrFront(answer)) return true;
  if (answer.status < 500) return false;
  return (await anonymous.plain({ method: 'GET', path: '/v2/' }, wire)).status >= 500;
}
