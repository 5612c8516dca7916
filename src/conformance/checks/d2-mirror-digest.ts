import { header, manifestReference } from '../../oci';
import { describeAnswer, describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { evidence, failOn, skip, type Outcome } from '../model/outcome';
import { askMirror, mirrorProblem, perMirror, type Mirror } from '../support/per-mirror';
import { problem } from '../model/problem';

export const check: ProjectCheck = {
  id: 'D2',
  title: 'The mirror serves the project’s images',
  proves:
    'HEAD at the mirror, plain as docker asks and with ?ns= as containerd does, gives the digest that Harbor gives.',
  why: 'A mirror that answers neither is left for Docker Hub in silence, and one in front of another project serves other images (goharbor/harbor#18807).',
  limits: 'One image; a tag that moved between the questions looks wrong once. OCI-Namespace is only noted.',
  upstreamCost: '3 HEADs by Harbor',
  phase: 'serving',
  scope: 'project',
  run: (context) => perMirror(context, (mirror) => look(context, mirror)),
};

async function look({ puller, wire }: ProjectContext, mirror: Mirror): Promise<Outcome> {
  const { image, serves } = mirror;
  const direct = await puller.manifest('HEAD', image.name, manifestReference(image.image), wire);
  if (direct.status !== 200 || direct.headerDigest === undefined)
    return skip(`Harbor answered ${describeAnswer(direct)} (see M1)`);
  const plain = await askMirror(mirror, 'HEAD', wire);
  const named = await askMirror(mirror, 'HEAD', wire, { query: `?ns=${encodeURIComponent(serves)}` });
  const problems = [['HEAD', plain] as const, [`HEAD with ns=${serves}`, named] as const].flatMap(([what, answer]) => {
    if (answer.status !== 200) return [`${what}: ${describePlain(answer)}`];
    const digest = header(answer, 'docker-content-digest');
    const got = digest === undefined ? 'no digest' : digest;
    return digest === direct.headerDigest ? [] : [`${what}: ${got}, but Harbor serves ${direct.headerDigest}`];
  });
  const { host } = mirror.client.url;
  const kinds = [plain, named].flatMap((answer) => {
    const digest = header(answer, 'docker-content-digest');
    if (answer.status !== 200 || digest === undefined) return [mirrorProblem(host, answer)];
    return digest === direct.headerDigest ? [] : [problem('mirror-other-image', host, digest)];
  });
  const namespace = header(named, 'oci-namespace') ?? 'not echoed';
  return failOn(problems, `${image.text} is the same`, [evidence('OCI-Namespace', namespace)], kinds);
}
