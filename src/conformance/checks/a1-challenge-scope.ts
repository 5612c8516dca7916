import {
  ACCEPT_MANIFEST,
  bareMediaType,
  bearerChallenge,
  header,
  isManifestType,
  isPageType,
  manifestReference,
} from '../../oci';
import { describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { evidence, fail, pass, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 *      200 with a manifest              fail: served without a token
 *      200 with anything else           fail: not an answer of Harbor
 *      401, scope of the repository     pass
 *      401, another scope or realm      fail: clients request a token that does not fit
 *      anything else                    fail
 */
export const check: ProjectCheck = {
  id: 'A1',
  title: 'A request without a token gets a challenge with its scope',
  proves:
    'A request for a manifest without Authorization returns 401 with the scope of that repository and the token service of this host.',
  why: 'Public projects must return a challenge, too: without it clients do not request a token (goharbor/harbor#11271).',
  limits: 'Does not check what a token allows; A2 and A3 do.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'project',
  run: (context) => perImage(context, async ({ image, name }) => look(context, name, manifestReference(image))),
};

async function look({ anonymous, project, wire }: ProjectContext, name: string, reference: string): Promise<Outcome> {
  const path = `/v2/${name}/manifests/${reference}`;
  const answer = await anonymous.plain({ method: 'GET', path, headers: { accept: ACCEPT_MANIFEST } }, wire);
  if (answer.status === 200) {
    const type = bareMediaType(header(answer, 'content-type'));
    // A page of a proxy in front, or of the upstream, shows nothing of the project.
    if (!isManifestType(type))
      return fail(
        `expected 401, got ${describePlain(answer)}`,
        [],
        isPageType(type) ? [problem('page', undefined, '200')] : [],
      );
    return fail(
      `served without a token: ${path} returned 200 [${answer.requestId}]`,
      [],
      project.public ? [] : [problem('anonymous-pull')],
    );
  }
  if (answer.status !== 401) return fail(`expected 401, got ${describePlain(answer)}`);
  const scope = bearerChallenge(answer.headers['www-authenticate'])?.params['scope'] ?? 'none';
  const expected = `repository:${name}:pull`;
  const realm = bearerChallenge(answer.headers['www-authenticate'])?.params['realm'];
  const realmExpected = `${anonymous.url.origin}/service/token`;
  if (realm !== undefined && realm !== realmExpected)
    return fail(
      `the realm is "${realm}" instead of "${realmExpected}"`,
      [evidence('realm', realm)],
      [problem('foreign-realm', undefined, realm)],
    );
  if (scope !== expected) return fail(`the challenge asks for scope "${scope}" instead of "${expected}"`);
  return pass('401 with the scope of the repository', [evidence('scope', scope)]);
}
