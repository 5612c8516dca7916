import { ACCEPT_MANIFEST, header, isPageType, type PlainAnswer } from '../../oci';
import { describePlain, errorCode } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { evidence, failOn, skip, type Outcome } from '../model/outcome';
import { firstImage } from '../support/per-image';
import { problem, type Problem } from '../model/problem';

/** Only the body shows whether a registry responded. */
export const check: ProjectCheck = {
  id: 'M9',
  title: 'A missing image gets a proper 404 error',
  proves: 'An unknown tag and an unknown digest return 404 with a JSON error, a malformed digest 400 or 404.',
  why: 'Clients distinguish a wrong tag from a broken registry by it, and mirrors use it to fall back.',
  limits:
    "Harbor's codes (NOT_FOUND) differ from the specification's (MANIFEST_UNKNOWN); this is shown and not a failure.",
  upstreamCost: '3 HEAD',
  phase: 'serving',
  scope: 'project',
  run,
};

/** No content with a digest of only zeros is known, so no registry can have it. */
const ABSENT = [
  { what: 'an unknown tag', reference: 'breakwater-no-such-tag', statuses: [404] },
  { what: 'an unknown digest', reference: `sha256:${'0'.repeat(64)}`, statuses: [404] },
  { what: 'a malformed digest', reference: 'sha256:abc', statuses: [400, 404] },
];

/**
 * The first answer shows whether this identity may pull at all. Without that a 401 would count as three failures, which
 * M1 reports as one already.
 */
async function run(context: ProjectContext): Promise<Outcome> {
  const image = firstImage(context);
  if (!image) return skip('no image is declared for this project');
  const problems: string[] = [];
  const kinds: Problem[] = [];
  const codes: string[] = [];
  for (const { what, reference, statuses } of ABSENT) {
    const path = `/v2/${image.name}/manifests/${reference}`;
    const request = { method: 'GET', path, headers: { accept: ACCEPT_MANIFEST } } as const;
    const answer = await context.puller.authorized(request, image.name, context.wire);
    const isRefused = (answer.status === 401 || answer.status === 403) && errorCode(answer.body) !== undefined;
    if (codes.length === 0 && isRefused) return skip(`may not pull: ${describePlain(answer)} (see M1)`);
    problems.push(...problemsOf(answer, what, statuses));
    if (errorCode(answer.body) === undefined && isReplaced(answer))
      kinds.push(problem('error-page', what, String(answer.status)));
    codes.push(errorCode(answer.body) ?? 'none');
  }
  return failOn(problems, 'distinguished from a broken registry', [evidence('codes', codes.join(', '))], kinds);
}

/** A registry error always has a JSON body; a 200 with a page is not a response of a registry. */
function isReplaced(answer: PlainAnswer): boolean {
  return answer.status === 404 || (answer.status === 200 && isPageType(header(answer, 'content-type')));
}

function problemsOf(answer: PlainAnswer, what: string, statuses: readonly number[]): string[] {
  if (!statuses.includes(answer.status))
    return [`${what}: expected ${statuses.join(' or ')}, got ${describePlain(answer)}`];
  return errorCode(answer.body) === undefined
    ? [`${what}: ${answer.status} without a JSON error [${answer.requestId}]`]
    : [];
}
