import { errorText } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { error, evidence, fail, pass, type Outcome } from '../model/outcome';
import {
  askPolicy,
  noneRequired,
  notRefused,
  policyOpen,
  perGuardedImage,
  waitForScan,
} from '../support/vulnerability';
import { problem } from '../model/problem';

/**
 *      served            refused, scan         verdict
 *      yes               -                     fail: the policy is open
 *      no                Success               pass
 *      no                Error                 error: refused only because the scan failed
 *      no                none, or not ended    error: refused only because it was not scanned
 *      no                could not be read     error: refused, and nothing more is known
 *
 * `prevent_vul` refuses unscanned images, too (docs/harbor-behavior.md 10.10): a refusal alone proves nothing about the
 * severity.
 */
export const check: ProjectCheck = {
  id: 'V1',
  title: 'Vulnerable images are refused',
  proves: 'Once cached and scanned, every declared vulnerable image returns 412 to HEAD and GET.',
  why: 'prevent_vul does nothing without a scanner (goharbor/harbor#13242, #16732).',
  limits:
    'Depends on the declared list: an image that was fixed upstream is served, and listed here. Layers are never refused.',
  upstreamCost: 'as S1 for an image that is not cached, otherwise none',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  pulls: ({ vulnerability }) => vulnerability?.refused ?? [],
  run: (context) => perGuardedImage(context, 'refused', (image) => look(context, image)),
};

async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const scanned = await waitForScan(context, image);
  const { scan, unread } = scanned;
  const answers = await askPolicy(context, image);
  if (answers.length === 0) return noneRequired(context);
  const shown = [
    evidence('scan', scan?.status ?? (unread === undefined ? 'none' : 'not known')),
    evidence('found', scan?.found ?? 'unknown'),
  ];
  const problems = notRefused(answers);
  if (problems.length > 0) {
    const none = unread === undefined ? 'it was never scanned' : `whether it was scanned is not known: ${unread}`;
    const hint = scan ? `the scan: ${scan.status}, ${scan.found ?? 'unknown'} found` : none;
    return fail(`${problems.join('; ')} (${hint})`, shown, policyOpen(image, answers, scanned));
  }
  if (unread !== undefined) return error(`refused, but whether because of what a scan found is not known: ${unread}`);
  if (scan?.status === 'Error')
    return error("refused, but because its scan failed: read the scan's log in Harbor, then scan it again", [
      problem('scan-failed', image.text, 'Error'),
    ]);
  if (scan?.status !== 'Success')
    return error('refused, but only because it was not scanned: declare auto_scan, or a schedule for scans', [
      problem('unscanned-refused', image.text, scan?.status ?? 'none'),
    ]);
  return pass(`refused: ${answers.flatMap(({ answer }) => errorText(answer.body) ?? [])[0] ?? 412}`, shown);
}
