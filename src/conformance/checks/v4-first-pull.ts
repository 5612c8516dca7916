import { manifestReference } from '../../oci';
import { describeAnswer } from '../answer-words';
import { isCachedNow } from '../pull/caching';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { FIRST_PULL_NOT_REFUSED } from '../model/deviation';
import { namedImage, type NamedImage } from '../pull/named-image';
import { error, fail, knownDeviation, mergeOutcomes, pass, skip, type Outcome } from '../model/outcome';
import { scratchImage } from '../support/scratch';
import type { VulnerabilityTarget } from '../model/target';
import { isServed, needsVulnerability } from '../support/vulnerability';
import { problem } from '../model/problem';

/**
 * Each image can be tested once, because it is cached afterwards. Harbor serves the first pull (docs/harbor-behavior.md
 * 10.10), which is a known deviation unless the declaration demands a refusal.
 */
export const check: ProjectCheck = {
  id: 'V4',
  title: 'The first pull is refused, too',
  proves: 'An image that is not cached, and so not scanned yet, is not served.',
  why: 'The first client gets an image that all later clients are refused (goharbor/harbor#13242, #16732).',
  limits: 'Needs images that are not cached: declared images are tested once, with a canary a new image each time.',
  upstreamCost: '1 GET of a manifest for each image that is not cached; Harbor itself fetches its layers',
  upstreamPulls: 1,
  versions: 'every Harbor serves it: a known deviation, or a failure with refuse_first_pull',
  phase: 'cold',
  scope: 'project',
  pulls: ({ vulnerability }) => [...(vulnerability?.refused ?? []), ...(vulnerability?.unscanned ?? [])],
  run: (context) => needsVulnerability(context, (vulnerability) => run(context, vulnerability)),
};

async function run(context: ProjectContext, vulnerability: VulnerabilityTarget): Promise<Outcome> {
  const { refused, unscanned, refuseFirstPull } = vulnerability;
  const images = await coldImages(context, [...refused, ...unscanned]);
  const parts: { part: string; outcome: Outcome }[] = [];
  for (const image of images) parts.push({ part: image.text, outcome: await look(context, image, refuseFirstPull) });
  return parts.length > 0
    ? mergeOutcomes(parts)
    : skip('every declared image is already cached; a first pull can be tested once');
}

/** A controlled upstream can always publish another image. */
async function coldImages(context: ProjectContext, declared: readonly string[]): Promise<readonly NamedImage[]> {
  const cold: NamedImage[] = [];
  for (const text of declared) {
    const image = namedImage(context.project.name, text);
    if ((await isCachedNow(context, image)) === false) cold.push(image);
  }
  const { upstream } = context.project;
  if (cold.length > 0 || !upstream) return cold;
  const scratch = scratchImage(context, 'first-pull');
  await upstream.publish(scratch.image.repository, scratch.image.tag, 1);
  return [scratch];
}

/**
 *      answer     refuse_first_pull     verdict
 *      412        any                   pass
 *      the image  not declared          known deviation
 *      the image  declared              fail
 *      another    any                   error: neither served nor refused
 */
async function look({ puller, wire }: ProjectContext, image: NamedImage, mustRefuse: boolean): Promise<Outcome> {
  const answer = await puller.manifest('GET', image.name, manifestReference(image.image), wire);
  if (answer.status === 412) return pass('refused before it was scanned');
  if (!isServed(answer)) return error(`neither served nor refused: ${describeAnswer(answer)}`);
  const words = `served by its first pull, unscanned [${answer.requestId}]`;
  return mustRefuse
    ? fail(words, [], [problem('first-pull-served', image.text)])
    : knownDeviation(FIRST_PULL_NOT_REFUSED, words);
}
