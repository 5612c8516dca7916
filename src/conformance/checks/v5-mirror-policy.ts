import { NetworkError } from '../../errors';
import { bareMediaType, header, isManifestType, isPageType, type PlainAnswer } from '../../oci';
import { describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { MIRROR_BYPASSED } from '../model/deviation';
import { namedImage } from '../pull/named-image';
import { error, evidence, fail, knownDeviation, pass, skip, type Outcome } from '../model/outcome';
import { askMirror, manifestPassedOn, mirrorProblem, perMirror, type Mirror } from '../support/per-mirror';
import type { UpstreamOrigin, VulnerabilityTarget } from '../model/target';
import {
  bringIntoCache,
  guardedReferences,
  needsVulnerability,
  noneRequired,
  waitForScan,
} from '../support/vulnerability';
import { openUpstream } from '../pull/open-upstream';
import { problem, type Problem } from '../model/problem';

/**
 * Two questions: does the mirror refuse (412) what Harbor refuses, and could a client get it directly from the
 * upstream? docker does so when its mirror refuses. Only a closed network prevents that.
 */
export const check: ProjectCheck = {
  id: 'V5',
  title: 'Mirror domains refuse it, too, and clients cannot bypass them',
  proves: 'Mirror domains return 412 for a vulnerable image, and the upstream cannot be reached from here.',
  why: 'Docker silently pulls from Docker Hub what a mirror refuses (moby/moby#30880).',
  limits: 'Says something about nodes only if it runs in their network; declare egress_closed then.',
  upstreamCost: 'as S1 for an image that is not cached; 1 GET of /v2/ by this machine',
  upstreamPulls: 1,
  pulls: ({ vulnerability }) => vulnerability?.refused.slice(0, 1) ?? [],
  phase: 'serving',
  scope: 'project',
  run: (context) => needsVulnerability(context, (vulnerability) => run(context, vulnerability)),
};

async function run(context: ProjectContext, { refused, egressClosed }: VulnerabilityTarget): Promise<Outcome> {
  const [text] = refused;
  if ((context.project.mirrors ?? []).length === 0) return skip('no mirror domain is declared for this project');
  if (text === undefined) return skip('no image is declared as refused (vulnerability.refused)');
  const image = namedImage(context.project.name, text);
  const missing = await bringIntoCache(context, image);
  if (missing) return missing;
  await waitForScan(context, image);
  const references = await guardedReferences(context, image);
  if (references.length === 0) return noneRequired(context);
  const refusal = await perMirror(context, (mirror) => look(context, mirror, references), image);
  return refusal.status === 'pass' ? around(context, refusal, egressClosed) : refusal;
}

/**
 * Only 412 is a refusal by the policy. A manifest shows that the mirror domain caches them or requests them elsewhere.
 */
async function look(context: ProjectContext, mirror: Mirror, references: readonly string[]): Promise<Outcome> {
  const problems: string[] = [];
  const kinds: Problem[] = [];
  for (const reference of references) {
    const answer = await askMirror(mirror, 'GET', context.wire, { reference });
    if (answer.status === 412) continue;
    const own = await manifestPassedOn(context, mirror, reference, answer, 412);
    if (own) return own;
    problems.push(`${reference}: expected 412, got ${describePlain(answer)}`);
    const { host } = mirror.client.url;
    kinds.push(isImage(answer) ? problem('policy-open', mirror.image.text, host) : mirrorProblem(host, answer));
  }
  return problems.length > 0 ? fail(problems.join('; '), [], kinds) : pass('412 by the mirror domain');
}

function isImage(answer: PlainAnswer): boolean {
  return answer.status === 200 && isManifestType(bareMediaType(header(answer, 'content-type')));
}

/**
 * Whether a client in this network could bypass the mirror.
 *
 *      /v2/ of the upstream, from here      egress_closed     verdict
 *      no answer                            any               pass
 *      of a registry                        no                known deviation
 *      of a registry                        yes               fail
 *      anything else                        any               error: it may be the page of a firewall that blocks it
 */
async function around({ project, wire }: ProjectContext, refusal: Outcome, isClosed: boolean): Promise<Outcome> {
  const { origin } = project;
  if (!origin) return pass(`${refusal.message}; this run does not know the upstream`);
  const { host } = new URL(origin.url);
  const reached = await reach(origin, wire);
  const shown = [evidence(`${host} from here`, reached?.status ?? 'not reached')];
  if (reached === undefined) return pass(`${refusal.message}, and ${host} cannot be reached from here`, shown);
  const { status } = reached;
  if (!isOfRegistry(reached))
    return error(
      `412 by the mirror domain; whether clients here can bypass it is not known: ${host} returned ${describePlain(reached)}`,
    );
  const words = `412 by the mirror domain, but ${host} responds to this machine (${status}): clients here can bypass the mirror`;
  return isClosed
    ? fail(words, shown, [problem('egress-open', host, String(status))])
    : knownDeviation(MIRROR_BYPASSED, words, shown);
}

function isOfRegistry(answer: PlainAnswer): boolean {
  if (answer.status === 401) return header(answer, 'www-authenticate') !== undefined;
  return answer.status === 200 && !isPageType(header(answer, 'content-type'));
}

async function reach(origin: UpstreamOrigin, wire: ProjectContext['wire']): Promise<PlainAnswer | undefined> {
  const upstream = openUpstream(origin);
  try {
    return await upstream.plain({ method: 'GET', path: '/v2/' }, wire);
  } catch (error) {
    if (error instanceof NetworkError) return undefined;
    throw error;
  } finally {
    await upstream.close();
  }
}
