import { header, manifestReference } from '../../oci';
import { describeAnswer, describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { evidence, failOn, skip, type Outcome } from '../model/outcome';
import { askMirror, mirrorProblem, perMirror, type Mirror } from '../support/per-mirror';
import { problem } from '../model/problem';

/**
 * Three requests for the same tag must have one digest: Harbor itself, the mirror as docker asks it, and the mirror
 * with `?ns=`, as containerd asks it. Without an answer of Harbor there is nothing to compare with.
 */
export const check: ProjectCheck = {
  id: 'D2',
  title: 'The mirror serves the project’s images',
  proves: 'HEAD at the mirror, as docker sends it and with containerd’s ?ns=, returns Harbor’s digest.',
  why: 'If a mirror fails, clients silently use Docker Hub; a mirror of another project serves other images (goharbor/harbor#18807).',
  limits: 'Tests one image; a tag that moves twice in a moment fails once. OCI-Namespace is only recorded.',
  upstreamCost: '3 HEADs by Harbor, 6 if the digests differ',
  phase: 'serving',
  scope: 'project',
  run: (context) => perMirror(context, (mirror) => look(context, mirror)),
};

const TRIES = 2;

/** Digests that differ are read once more: the tag may have moved between the requests. */
async function look(context: ProjectContext, mirror: Mirror, tries = TRIES): Promise<Outcome> {
  const { puller, wire } = context;
  const { image, serves } = mirror;
  const direct = await puller.manifest('HEAD', image.name, manifestReference(image.image), wire);
  if (direct.status !== 200 || direct.headerDigest === undefined)
    return skip(`Harbor returned ${describeAnswer(direct)} (see M1)`);
  const plain = await askMirror(mirror, 'HEAD', wire);
  const named = await askMirror(mirror, 'HEAD', wire, { query: `?ns=${encodeURIComponent(serves)}` });
  const problems = [['HEAD', plain] as const, [`HEAD with ns=${serves}`, named] as const].flatMap(([what, answer]) => {
    if (answer.status !== 200) return [`${what}: ${describePlain(answer)}`];
    const digest = header(answer, 'docker-content-digest');
    const got = digest === undefined ? 'no digest' : digest;
    return digest === direct.headerDigest ? [] : [`${what}: ${got}, but Harbor serves ${direct.headerDigest}`];
  });
  const { host } = mirror.client.url;
  const isOther = [plain, named].some(
    (answer) => answer.status === 200 && header(answer, 'docker-content-digest') !== direct.headerDigest,
  );
  if (isOther && tries > 1) return look(context, mirror, tries - 1);
  const kinds = [plain, named].flatMap((answer) => {
    const digest = header(answer, 'docker-content-digest');
    if (answer.status !== 200 || digest === undefined) return [mirrorProblem(host, answer)];
    return digest === direct.headerDigest ? [] : [problem('mirror-other-image', host, digest)];
  });
  const namespace = header(named, 'oci-namespace') ?? 'not echoed';
  return failOn(problems, `${image.text} is the same`, [evidence('OCI-Namespace', namespace)], kinds);
}
