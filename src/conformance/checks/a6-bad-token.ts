import { bareMediaType, bearerChallenge, header, isPageType } from '../../oci';
import { describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { BASIC_AFTER_TOKEN } from '../model/deviation';
import { fail, knownDeviation, pass, skip, type Outcome } from '../model/outcome';
import { firstImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 *      401 with a Bearer challenge                     pass
 *      401 with Basic, or without a challenge          known deviation
 *      404, public project                             pass: the token counts as none
 *      404 with JSON, private project                  fail: any token is accepted
 *      anything else                                   fail
 */
export const check: ProjectCheck = {
  id: 'A6',
  title: 'A broken token gets a challenge for a new one',
  proves: 'A garbage Bearer token is refused with a new Bearer challenge.',
  why: 'Harbor returns a Basic challenge instead, so a client whose token expires in a long pull gives up (goharbor/harbor#18856).',
  limits: 'An expired token takes the same code path, but is not tried.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'project',
  run,
};

/** HEAD of a blob is served from the cache alone, so the upstream gets no request. */
const NO_BLOB = `sha256:${'0'.repeat(64)}`;

async function run(context: ProjectContext): Promise<Outcome> {
  const image = firstImage(context);
  if (!image) return skip('no image is declared for this project');
  const path = `/v2/${image.name}/blobs/${NO_BLOB}`;
  const headers = { authorization: 'Bearer broken.by.breakwater' };
  const answer = await context.anonymous.plain({ method: 'HEAD', path, headers }, context.wire);
  // Then the token counts as none, and anonymous clients may pull here.
  if (answer.status === 404 && context.project.public) return pass('is treated as no token, and the project is public');
  if (answer.status !== 401) {
    // To an accepted client Harbor returns "no such blob". A page or a missing route proves nothing about tokens.
    const isLetIn = answer.status === 404 && bareMediaType(header(answer, 'content-type')) === 'application/json';
    const isPage = isPageType(header(answer, 'content-type')) && answer.status === 200;
    const problems = isLetIn ? [problem('any-token-accepted')] : isPage ? [problem('page', 'blobs', '200')] : [];
    return fail(`expected 401, got ${describePlain(answer)}`, [], problems);
  }
  if (bearerChallenge(answer.headers['www-authenticate'])) return pass('401 with a Bearer challenge');
  const said = header(answer, 'www-authenticate');
  return knownDeviation(BASIC_AFTER_TOKEN, `401 with ${said ? `"${said}"` : 'no challenge'} [${answer.requestId}]`);
}
