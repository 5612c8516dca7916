import { fetchManifest } from '../pull/manifest-reading';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { evidence, fail, failOn, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { problem, type Problem } from '../model/problem';

/**
 * A digest names bytes: the same ones must come by tag and by digest. Also reports the images of platforms whose
 * manifest was wrong.
 */
export const check: ProjectCheck = {
  id: 'M3',
  title: 'GET by digest returns exactly that digest',
  proves: 'The manifest by digest has the same bytes as by tag, and the images in it match their digests.',
  why: 'Clients that pin digests depend on it (goharbor/harbor#15654: a database row without its blob).',
  limits: 'Harbor serves a cached index unchanged for seven days and rewritten afterwards.',
  upstreamCost: '1 HEAD and 1 GET per manifest that is not cached',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const resolved = await context.images.resolve(context, image);
  if ('problem' in resolved)
    return image.image.digest === undefined ? skip('no manifest by tag (see M2)') : fail(resolved.problem);
  const { digest, answer } = resolved.top;
  const again = await fetchManifest(context.puller, image.name, digest, context.wire);
  const problems = 'problem' in again ? [again.problem] : [];
  const kinds: Problem[] = 'problem' in again && again.isWrong ? [problem('wrong-manifest', digest)] : [];
  if (!('problem' in again) && !again.answer.body.equals(answer.body)) {
    problems.push(`other bytes under ${digest}`);
    kinds.push(problem('wrong-manifest', digest));
  }
  for (const child of resolved.platforms) {
    if ('problem' in child && child.see === 'M3') problems.push(`${child.platform}: ${child.problem}`);
  }
  return failOn(problems, 'the same bytes by tag and by digest', [evidence('digest', digest)], kinds);
}
