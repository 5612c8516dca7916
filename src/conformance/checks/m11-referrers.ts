import { BreakwaterError } from '../../errors';
import { isDigest, manifestReference } from '../../oci';
import { counted } from '../answer-words';
import { hasFeature } from '../harbor-version';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { HIDDEN_REFERRERS } from '../model/deviation';
import { evidence, fail, knownDeviation, pass, skip, type Outcome } from '../model/outcome';
import { problem } from '../model/problem';
import type { NamedImage } from '../pull/named-image';
import { openUpstream } from '../pull/open-upstream';
import { perImage } from '../support/per-image';
import { findReferrers, readReferrers, withoutList, type Referrer } from '../support/referrers';

/**
 * What Harbor lists is compared with what the upstream lists, asked from this machine. Without the API (404) the tag
 * `sha256-…` is looked up, as clients do (OCI distribution specification, referrers tag schema).
 *
 *      hidden referrers   Harbor            verdict
 *      none               -                 pass
 *      some               before 2.16       known deviation
 *      some               2.16 or unknown   fail
 *      not known: a limit, or a failure of a proxy in front     error
 */
export const check: ProjectCheck = {
  id: 'M11',
  title: 'Signatures can be looked up',
  proves: 'The referrers of a digest are an OCI index that contains those of the upstream, or a 404 with a JSON error.',
  why: 'cosign, notation and policy controllers request them before every pull (sigstore/policy-controller#1830).',
  limits: 'Compares with the upstream if this machine can reach it; otherwise an empty list passes.',
  upstreamCost: '1 HEAD per image, 1 GET of referrers by this machine; 1 more GET with proxy_referrer_api',
  versions: 'before 2.16 Harbor hides the referrers of the upstream: a known deviation',
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

async function look(context: ProjectContext, { image, name }: NamedImage): Promise<Outcome> {
  const { puller, wire, harborVersion } = context;
  const head = await puller.manifest('HEAD', name, manifestReference(image), wire);
  const digest = head.headerDigest ?? '';
  if (head.status !== 200 || !isDigest(digest)) return skip('no digest to request (see M1)');
  const api = await readReferrers(puller, name, digest, wire);
  // Without the API clients look for a tag that stands in for it.
  const here = api.state === 'no-api' ? await findReferrers(puller, name, digest, wire) : api;
  if (here.state !== 'listed') return withoutList(here);
  const there = await atUpstream(context, image.repository, digest);
  const listed = new Set(here.referrers.map((one) => one.digest));
  const hidden = (there ?? []).filter((one) => !listed.has(one.digest));
  const shown = [
    evidence('through Harbor', here.referrers.length),
    evidence('at the upstream', there?.length ?? 'unknown'),
  ];
  if (hidden.length === 0 && api.state === 'no-api') return pass('404: clients use the tag scheme', shown);
  if (hidden.length === 0) return pass(counted(here.referrers.length, 'referrer'), shown);
  const words = `Harbor hides ${hidden.length} of ${counted(there?.length ?? 0, 'referrer')} of the upstream`;
  return hasFeature(harborVersion, 'proxiedReferrers') === false
    ? knownDeviation(HIDDEN_REFERRERS, words, shown)
    : fail(words, shown, [problem('referrers-hidden', 'referrer', String(hidden.length))]);
}

/** Undefined if this machine cannot reach it. */
async function atUpstream(
  { project, wire }: ProjectContext,
  repository: string,
  digest: string,
): Promise<readonly Referrer[] | undefined> {
  if (!project.proxy || !project.origin) return undefined;
  const upstream = openUpstream(project.origin);
  try {
    const found = await findReferrers(upstream, repository, digest, wire);
    return found.state === 'listed' ? found.referrers : undefined;
  } catch (error) {
    if (error instanceof BreakwaterError) return undefined;
    throw error;
  } finally {
    await upstream.close();
  }
}
