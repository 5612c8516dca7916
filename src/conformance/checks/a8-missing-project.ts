import { describePlain, errorCode } from '../answer-words';
import type { HostCheck } from '../model/check';
import type { CheckContext } from '../model/context';
import { evidence, fail, pass, type Outcome } from '../model/outcome';

/** 401 passes, and so does 404 with the JSON of a registry. Anything else fails. */
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
 *      404 without one, 200, 5xx    fail
 */
async function run({ anonymous, wire }: CheckContext): Promise<Outcome> {
  const request = { method: 'GET', path: `/v2/${NAME}/manifests/latest` } as const;
  const answer = await anonymous.authorized(request, NAME, wire);
  const shown = [evidence('status', answer.status), evidence('code', errorCode(answer.body) ?? 'none')];
  if (answer.status === 401) return pass('401, as for a private project', shown);
  if (answer.status === 404 && errorCode(answer.body) !== undefined) return pass('404 with an error body', shown);
  return fail(`expected 401, got ${describePlain(answer)}`, shown);
}
