import { apiError, isHarbors, unusable } from './answer';
import { basic } from './credentials';
import type { Transport } from './transport';

/** Another service is refused with 400; with a scope every caller would get 200 (docs/harbor-behavior.md 2.7). */
const TARGET = '/service/token?service=harbor-registry';

/** @throws HarborApiError if the response is neither a token nor a refusal; NetworkError */
export async function isAccepted(
  transport: Pick<Transport, 'send'>,
  username: string,
  secret: string,
): Promise<boolean> {
  const answer = await transport.send({
    method: 'GET',
    target: TARGET,
    authentication: basic('robot', username, secret),
  });
  // Harbor refuses with an empty body. A page comes from a proxy, and says nothing about the secret.
  if (answer.status === 401 && (answer.text.trim() === '' || isHarbors(answer))) return false;
  if (answer.status >= 400) throw apiError(answer);
  // A login page also has status 200.
  if (typeof (answer.json as { token?: unknown } | undefined)?.token !== 'string') throw unusable(answer);
  return true;
}
