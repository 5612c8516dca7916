import { describePlain, errorCode } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { failOn, type Outcome } from '../model/outcome';
import { askMirror, manifestPassedOn, mirrorProblem, perMirror, type Mirror } from '../support/per-mirror';
import { problem } from '../model/problem';

/** The status alone is not enough: the body must have the error code of a registry. */
export const check: ProjectCheck = {
  id: 'D4',
  title: 'A missing image is a 404 at the mirror, too',
  proves: 'A missing tag returns 404 with a JSON error at the mirror: no web page, no redirect, no login.',
  why: 'Clients take a page or a redirect for a manifest and fail later (goharbor/harbor#18530).',
  limits: 'Does not test images that Harbor cannot reach: it returns 404 for them, too.',
  upstreamCost: '1 HEAD or GET by Harbor; another one if the mirror fails',
  phase: 'serving',
  scope: 'project',
  run: (context) => perMirror(context, (mirror) => look(context, mirror)),
};

const NO_SUCH_TAG = 'breakwater-no-such-tag';

/**
 *      answer of GET …/manifests/breakwater-no-such-tag     verdict
 *      404, JSON with an error code                         pass
 *      404, a page                                          fail: the front answered, not Harbor
 *      429, 5xx, and Harbor itself returns no 404           error
 *      200, 301, 401, 502 and others                        fail, by what the mirror did
 */
async function look(context: ProjectContext, mirror: Mirror): Promise<Outcome> {
  const answer = await askMirror(mirror, 'GET', context.wire, { reference: NO_SUCH_TAG });
  const code = errorCode(answer.body);
  const isRight = answer.status === 404 && code !== undefined;
  const own = await manifestPassedOn(context, mirror, NO_SUCH_TAG, answer, 404);
  if (own) return own;
  const problems = isRight ? [] : [`expected 404 with a JSON error, got ${describePlain(answer)}`];
  const { host } = mirror.client.url;
  const kinds = isRight
    ? []
    : [answer.status === 404 ? problem('mirror-page', host, '404') : mirrorProblem(host, answer)];
  return failOn(problems, `404 ${code ?? ''}`, [], kinds);
}
