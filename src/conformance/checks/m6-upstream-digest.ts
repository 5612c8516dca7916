import { NetworkError } from '../../errors';
import { manifestReference, type RegistryClient } from '../../oci';
import { describeAnswer } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../check';
import { REWRITTEN_INDEX } from '../deviation';
import type { NamedImage } from '../pull/named-image';
import { evidence, fail, knownDeviation, pass, skip, type Outcome } from '../outcome';
import { openUpstream } from '../support/open-upstream';
import { perImage } from '../support/per-image';

export const check: ProjectCheck = {
  id: 'M6',
  title: 'The digest is the upstream’s',
  proves: 'The digest that Harbor serves for a tag is the one that the upstream itself names.',
  why: 'Harbor can serve a trimmed index of its own, or an old image (goharbor/harbor#21818, #19429).',
  limits: 'A tag that moved between the two questions looks wrong once; asked from this machine, not from Harbor.',
  upstreamCost: '1 HEAD an image by Harbor, 1 HEAD by this machine',
  phase: 'serving',
  scope: 'project',
  run,
};

async function run(context: ProjectContext): Promise<Outcome> {
  const { origin } = context.project;
  if (!context.project.proxy) return skip('not a proxy cache project');
  if (!origin) return skip('the upstream is not known to this run');
  const upstream = openUpstream(origin);
  try {
    return await perImage(context, (image) => compare(context, upstream, image));
  } finally {
    await upstream.close();
  }
}

async function compare(
  { puller, wire }: ProjectContext,
  upstream: RegistryClient,
  { image, name }: NamedImage,
): Promise<Outcome> {
  const reference = manifestReference(image);
  const [served, there] = await Promise.all([
    puller.manifest('HEAD', name, reference, wire),
    upstream.manifest('HEAD', image.repository, reference, wire).catch(unreachable),
  ]);
  if ('unreachable' in there) return skip(`the upstream cannot be asked from here: ${there.unreachable}`);
  if (there.status !== 200 || there.headerDigest === undefined)
    return skip(`the upstream answered this machine ${describeAnswer(there)}`);
  if (served.status !== 200) return skip(`Harbor answered ${describeAnswer(served)}; M1 tells more`);
  const shown = [evidence('Harbor', served.headerDigest ?? 'none'), evidence('upstream', there.headerDigest)];
  if (served.headerDigest === there.headerDigest) return pass('the same digest', shown);
  const message = `Harbor serves ${served.headerDigest ?? 'no digest'}, the upstream ${there.headerDigest}`;
  const isIndex = /index|list/.test(served.contentType);
  return isIndex ? knownDeviation(REWRITTEN_INDEX, message, shown) : fail(message, shown);
}

function unreachable(error: unknown): { unreachable: string } {
  if (error instanceof NetworkError) return { unreachable: error.message };
  throw error;
}
