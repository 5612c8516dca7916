import { bareMediaType, header, isDigest, manifestReference, OCI_INDEX } from '../../oci';
import { describePlain, errorCode } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { evidence, fail, pass, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';

export const check: ProjectCheck = {
  id: 'M11',
  title: 'Signatures can be looked up',
  proves: 'referrers of a digest are answered with an OCI index, or with a 404 in JSON.',
  why: 'cosign, notation and policy controllers ask for them before every pull (sigstore/policy-controller#1830).',
  limits: 'Harbor passes the upstream’s own only from 2.16, with proxy_referrer_api; an empty list passes.',
  upstreamCost: '1 HEAD an image; 1 GET of referrers where proxy_referrer_api is set',
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

async function look({ puller, wire }: ProjectContext, { image, name }: NamedImage): Promise<Outcome> {
  const head = await puller.manifest('HEAD', name, manifestReference(image), wire);
  const digest = head.headerDigest ?? '';
  if (head.status !== 200 || !isDigest(digest)) return skip('no digest to ask for (see M1)');
  const answer = await puller.authorized({ method: 'GET', path: `/v2/${name}/referrers/${digest}` }, name, wire);
  if (answer.status === 404 && errorCode(answer.body) !== undefined) return pass('404: clients use the tag scheme');
  const count = answer.status === 200 ? referrersIn(answer.body) : undefined;
  if (count === undefined) return fail(`expected an OCI index, got ${describePlain(answer)}`);
  const type = bareMediaType(header(answer, 'content-type'));
  const shown = [evidence('Content-Type', type || 'none')];
  if (type !== OCI_INDEX) return fail(`the list of referrers is served as ${type || 'no type'}`, shown);
  return pass(`${count} referrers`, shown);
}

function referrersIn(body: Buffer): number | undefined {
  try {
    const { manifests } = JSON.parse(body.toString('utf8')) as { manifests?: unknown };
    return Array.isArray(manifests) ? manifests.length : undefined;
  } catch {
    return undefined;
  }
}
