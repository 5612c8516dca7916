import { manifestReference } from '../../oci';
import { errorText } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { readScan } from '../harbor-api';
import type { NamedImage } from '../pull/named-image';
import { error, evidence, fail, pass, skip, type Outcome } from '../model/outcome';
import { askPolicy, noneRequired, notRefused, policyOpen, perGuardedImage } from '../support/vulnerability';

/** An image that was scanned in the meantime is skipped: then V1 or V3 is about it. */
export const check: ProjectCheck = {
  id: 'V2',
  title: 'Images without a scan are refused',
  proves: 'A cached image that can be scanned but was not returns 412.',
  why: 'Most vulnerable images are images that were never scanned (goharbor/harbor#16218).',
  limits: 'Needs images that are never scanned: a project without auto_scan, and no scan-all schedule.',
  upstreamCost: 'as S1 for an image that is not cached, otherwise none',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  pulls: ({ vulnerability }) => vulnerability?.unscanned ?? [],
  run: (context) => perGuardedImage(context, 'unscanned', (image) => look(context, image)),
};

/**
 *      scan afterwards     answers      verdict
 *      Success             any          skip: it is not an unscanned image any more
 *      could not be read   any          error
 *      none or failed      all 412      pass
 *      none or failed      one is not   fail: the image is served without a scan
 */
async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const answers = await askPolicy(context, image);
  if (answers.length === 0) return noneRequired(context);
  // Read afterwards: a scan that ended in between would make a served image look like a gap.
  const scanned = await readScan(context, image.image.repository, manifestReference(image.image), context.wire);
  const { scan, unread } = scanned;
  if (unread !== undefined) return error(`whether it was scanned is not known: ${unread}`);
  if (scan?.status === 'Success') return skip('it was scanned');
  const shown = [evidence('scan', scan?.status ?? 'none')];
  const problems = notRefused(answers);
  if (problems.length > 0)
    return fail(
      `${problems.join('; ')}: it was not scanned; check that the project has a scanner`,
      shown,
      policyOpen(image, answers, scanned),
    );
  return pass(`refused: ${answers.flatMap(({ answer }) => errorText(answer.body) ?? [])[0] ?? 412}`, shown);
}
