import { describePlain, errorCode } from '../answer-words';
import type { HostCheck } from '../model/check';
import type { CheckContext } from '../model/context';
import { evidence, fail, pass, type Outcome } from '../model/outcome';

export const check: HostCheck = {
  id: 'A8',
  title: 'A project that is not there is refused like a private one',
  proves: 'A pull from a project that does not exist is answered 401, also with a token: nobody learns what exists.',
  why: 'A wrong project name in a client looks like a wrong password; whoever reads the report should know that it is so.',
  limits: 'A later Harbor may well answer 404, which is as good to a client: such an answer passes and is shown.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'host',
  run,
};

const NAME = 'breakwater-probe-that-is-not-there/none';

async function run({ anonymous, wire }: CheckContext): Promise<Outcome> {
  const request = { method: 'GET', path: `/v2/${NAME}/manifests/latest` } as const;
  const answer = await anonymous.authorized(request, NAME, wire);
  const shown = [evidence('status', answer.status), evidence('code', errorCode(answer.body) ?? 'none')];
  if (answer.status === 401) return pass('401, as for a private project', shown);
  if (answer.status === 404 && errorCode(answer.body) !== undefined) return pass('404, and says so', shown);
  return fail(`expected 401, got ${describePlain(answer)}`, shown);
}
