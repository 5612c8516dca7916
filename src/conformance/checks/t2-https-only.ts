import { NetworkError } from '../../errors';
import { header, RegistryClient, type PlainAnswer } from '../../oci';
import { describePlain } from '../answer-words';
import type { HostCheck } from '../model/check';
import type { CheckContext } from '../model/context';
import { fail, pass, skip, type Outcome } from '../model/outcome';

/** Only for Harbor at the standard port: another port says nothing about port 80. */
export const check: HostCheck = {
  id: 'T2',
  title: 'Plain HTTP does not serve images',
  proves: 'http:// on port 80 is refused, or redirected to https:// on the same host.',
  why: 'A client that uses http:// would send its credential in clear text.',
  limits: 'Checks only port 80, and only if Harbor uses port 443.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'host',
  run,
};

async function run({ anonymous, wire }: CheckContext): Promise<Outcome> {
  const { protocol, hostname, port } = anonymous.url;
  if (protocol !== 'https:') return skip('Harbor is served with plain HTTP');
  if (port !== '') return skip(`Harbor uses port ${port}, so port 80 may belong to another service`);
  const plain = RegistryClient.open({ url: `http://${hostname}` });
  try {
    const answer = await plain.plain({ method: 'GET', path: '/v2/' }, wire);
    return judge(hostname, answer);
  } catch (error) {
    if (error instanceof NetworkError) return pass(`no server on port 80 (${error.code})`);
    throw error;
  } finally {
    await plain.close();
  }
}

/**
 *      above 401, without the header of a registry   pass: no registry is there
 *      3xx to https:// on the same host               pass
 *      3xx to http:// or another host                 fail
 *      200, 401                                       fail: images are served in clear
 */
export function judge(hostname: string, answer: PlainAnswer): Outcome {
  const { status } = answer;
  const location = header(answer, 'location');
  // The response of a proxy that does not serve this host, such as Traefik's 404 or a router's 503.
  const isNobody = status > 401 && header(answer, 'docker-distribution-api-version') === undefined;
  if (isNobody) return pass(`no registry on port 80, but ${describePlain(answer)}`);
  if (status < 300 || status > 399) return fail(`expected a redirect to https://, got ${describePlain(answer)}`);
  const target = URL.canParse(location ?? '') ? new URL(location ?? '') : undefined;
  if (target?.protocol !== 'https:') return fail(`redirected to "${location ?? 'nowhere'}"`);
  if (target.hostname !== hostname) return fail(`redirected to another host, ${target.hostname}`);
  return pass(
    status === 308 ? 'redirected with 308' : `redirected with ${status}, which lets a client change the method`,
  );
}
