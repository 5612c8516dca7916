import { bearerChallenge, header, isPageType } from '../../oci';
import { describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { failOn, type Outcome } from '../model/outcome';
import { mirrorProblem, passedOn, perMirror, type Mirror } from '../support/per-mirror';

/**
 *      200, not HTML                        pass: the mirror serves without a login
 *      401 with a Bearer challenge          pass
 *      429, 5xx, and so from Harbor itself  error
 *      HTML, or another status              fail: this is not a registry
 */
export const check: ProjectCheck = {
  id: 'D1',
  title: 'The mirror domain is a registry',
  proves: 'GET /v2/ at the mirror domain returns 200, or 401 with a Bearer challenge, and never an HTML page.',
  why: 'Docker starts there, and silently falls back to Docker Hub for any other response (moby/moby#30880).',
  limits: "Uses this machine's DNS and CAs; those of clients may differ.",
  upstreamCost: 'none',
  phase: 'front',
  scope: 'project',
  run: (context) => perMirror(context, (mirror) => look(context, mirror)),
};

async function look({ anonymous, wire }: ProjectContext, { client }: Mirror): Promise<Outcome> {
  const answer = await client.plain({ method: 'GET', path: '/v2/' }, wire);
  const isPage = isPageType(header(answer, 'content-type'));
  const isChallenged = answer.status === 401 && bearerChallenge(answer.headers['www-authenticate']) !== undefined;
  const isRegistry = !isPage && (answer.status === 200 || isChallenged);
  const own = await passedOn(
    answer,
    () => anonymous.plain({ method: 'GET', path: '/v2/' }, wire),
    ({ status }) => status === 200 || status === 401,
  );
  if (own) return own;
  const problems = isRegistry ? [] : [`expected 200, or 401 with a Bearer challenge, got ${describePlain(answer)}`];
  const kinds = isRegistry ? [] : [mirrorProblem(client.url.host, answer)];
  return failOn(problems, answer.status === 200 ? 'public' : 'challenges with Bearer', [], kinds);
}
