import { ACCEPT_MANIFEST, isDigest, manifestReference } from '../../oci';
import { describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../check';
import type { NamedImage } from '../pull/named-image';
import { fail, pass, skip, type Outcome } from '../outcome';
import { perImage } from '../support/per-image';

export const check: ProjectCheck = {
  id: 'M8',
  title: 'What has not changed is not sent again',
  proves: 'A GET by digest with If-None-Match of that digest is answered 304 once the image is cached.',
  why: 'Clients and fronts that revalidate would fetch every manifest anew.',
  limits: 'Harbor passes a manifest that is not cached yet with 200, which is skipped here.',
  upstreamCost: '1 HEAD an image, 1 GET of a manifest that is not cached',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

async function look({ puller, wire }: ProjectContext, { image, name }: NamedImage): Promise<Outcome> {
  const head = await puller.manifest('HEAD', name, manifestReference(image), wire);
  const digest = head.headerDigest ?? '';
  if (head.status !== 200 || !isDigest(digest)) return skip('no digest to ask for; M1 tells more');
  const path = `/v2/${name}/manifests/${digest}`;
  const headers = { accept: ACCEPT_MANIFEST, 'if-none-match': `"${digest}"` };
  const answer = await puller.authorized({ method: 'GET', path, headers }, name, wire);
  if (answer.status === 304) return pass('304');
  if (answer.status === 404) return skip(`no such digest: ${describePlain(answer)}; M2 tells more`);
  // The backend registry names its API version; what Harbor passes through does not carry it.
  const isPassedThrough = answer.status === 200 && answer.headers['docker-distribution-api-version'] === undefined;
  if (isPassedThrough) return skip('passed through from upstream: not cached yet, or an index that Harbor keeps apart');
  return fail(`expected 304, got ${describePlain(answer)}`);
}
