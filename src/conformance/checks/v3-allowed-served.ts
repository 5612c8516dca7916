import { describeAnswer } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { error, evidence, failOn, type Outcome } from '../model/outcome';
import { askPolicy, isServed, noneRequired, perGuardedImage, waitForScan } from '../support/vulnerability';
import { problem } from '../model/problem';

/** The counterpart of V1: a policy that refuses everything would pass that one. */
export const check: ProjectCheck = {
  id: 'V3',
  title: 'Allowed images are served',
  proves: 'A scanned image whose findings are all allowlisted, or below the severity, returns 200.',
  why: 'An allowlist that has expired, or that the project does not reuse, stops deployments (goharbor/harbor#22049).',
  limits: 'If the image has no CVEs, the allowlist is not tested; the evidence shows the findings.',
  upstreamCost: 'as S1 for an image that is not cached, otherwise none',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  pulls: ({ vulnerability }) => vulnerability?.allowed ?? [],
  run: (context) => perGuardedImage(context, 'allowed', (image) => look(context, image)),
};

/**
 *      answers          scan                      verdict
 *      all 200          Success                   pass
 *      all 200          could not be read         error
 *      all 200          none, running or failed   error: served, but that proves nothing about the allowlist
 *      one is not 200   any                       fail
 */
async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const { scan, unread } = await waitForScan(context, image);
  const answers = await askPolicy(context, image);
  if (answers.length === 0) return noneRequired(context);
  const problems = answers
    .filter(({ answer }) => !isServed(answer))
    .map(({ what, answer }) => `${what}: expected 200, got ${describeAnswer(answer)}`);
  if (problems.length === 0 && unread !== undefined)
    return error(`served, but whether it was scanned is not known: ${unread}`);
  if (problems.length === 0 && scan?.status !== 'Success')
    return error('served, but it was not scanned, so no allowlist was tested', [
      problem(scan?.status === 'Error' ? 'scan-failed' : 'not-scanned', image.text, scan?.status ?? 'none'),
    ]);
  const found = scan?.found ?? 'unknown';
  return failOn(problems, `served, ${found} found`, [
    evidence('scan', scan?.status ?? 'none'),
    evidence('found', found),
  ]);
}
