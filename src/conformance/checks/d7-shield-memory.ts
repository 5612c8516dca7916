import { ACCEPT_MANIFEST, header, manifestReference, type PlainAnswer } from '../../oci';
import { describeAnswer, describePlain, isPassing } from '../answer-words';
import { error, evidence, fail, failOn, mergeOutcomes, skip, type Outcome } from '../model/outcome';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { firstImage } from '../support/per-image';
import { askMirror, type Mirror } from '../support/per-mirror';
import { asClientOf, shieldedMirrors } from '../support/shielded';

/**
 * Reads the header `X-Breakwater-Shield` of each response.
 *
 *      request                     must be
 *      a tag, up to three times    `memory` in the end, with the digest that Harbor serves
 *      the same with a credential  `bypass`: a private response must not reach another client
 *      a tag that does not exist   not `memory` the second time
 *
 * A limit or a failure (429, 5xx) has a header too, which shows nothing: what it was requested for is not known then.
 */
export const check: ProjectCheck = {
  id: 'D7',
  title: 'The shield caches a tag and shares no private response',
  proves:
    'The second request for a tag is served from the cache with Harbor’s digest; a request with a credential bypasses the cache, and a missing tag is not cached.',
  why: 'A shared cache must not serve content to clients that may not read it.',
  limits: 'Tests one image, and a credential that Harbor does not know. D8 tests an outage.',
  upstreamCost: '2 HEADs by Harbor',
  phase: 'serving',
  scope: 'project',
  run,
};

async function run(context: ProjectContext): Promise<Outcome> {
  const mirrors = shieldedMirrors(context);
  const image = firstImage(context);
  if (mirrors.length === 0) return skip('no mirror domain with a shield is declared for this project');
  if (!image) return skip('no image is declared for this project');
  const parts: { part: string; outcome: Outcome }[] = [];
  for (const mirror of mirrors) {
    const outcome = await asClientOf(context, mirror, image, (one) => look(context, one));
    parts.push({ part: new URL(mirror.url).host, outcome });
  }
  return mergeOutcomes(parts);
}

/** The first fills the cache, the second may find it expired again, the third is served from it. */
const TRIES = 3;
const NO_SUCH_TAG = 'breakwater-no-such-tag';

async function look({ wire, puller }: ProjectContext, mirror: Mirror): Promise<Outcome> {
  const { image } = mirror;
  const states: string[] = [];
  let last: PlainAnswer | undefined;
  // A short interval may end between two requests.
  for (let tries = 0; tries < TRIES && states.at(-1) !== 'memory'; tries++) {
    last = await askMirror(mirror, 'HEAD', wire);
    states.push(stateOf(last));
  }
  if (last && isPassing(last.status)) return error(`whether the tag is cached is not known: ${describePlain(last)}`);
  if (last?.status !== 200) return fail(`HEAD: ${last ? describePlain(last) : 'no answer'}`);
  const shown = [evidence('X-Breakwater-Shield', states.join(', '))];
  if (states.every((state) => state === 'none'))
    return fail('responses have no X-Breakwater-Shield header: the mirror has no shield', shown);
  const direct = await puller.manifest('HEAD', image.name, manifestReference(image.image), wire);
  const digest = header(last, 'docker-content-digest');
  const credentialed = await askWithCredential(mirror, wire);
  await askMirror(mirror, 'GET', wire, { reference: NO_SUCH_TAG });
  const again = await askMirror(mirror, 'GET', wire, { reference: NO_SUCH_TAG });
  const remembered = again.status === 404 && stateOf(again) === 'memory';
  const wrong = [
    ...(states.at(-1) === 'memory' ? [] : [`${TRIES} requests for one tag: ${states.join(', ')}, none from the cache`]),
    ...(direct.status === 200 && direct.headerDigest !== digest
      ? [`${digest ?? 'no digest'}, but Harbor serves ${direct.headerDigest ?? 'none'}`]
      : []),
    ...(isPassing(credentialed.status) || stateOf(credentialed) === 'bypass'
      ? []
      : [`a request with a credential was answered as "${stateOf(credentialed)}"`]),
    ...(remembered ? ['a missing tag was served from the cache'] : []),
  ];
  const unknown = [credentialed, again].find(({ status }) => isPassing(status));
  if (wrong.length === 0 && unknown)
    return error(`whether the cache shares private or missing content is not known: ${describePlain(unknown)}`);
  if (wrong.length === 0 && direct.status !== 200)
    return error(`whether the cached digest is Harbor’s is not known: Harbor returned ${describeAnswer(direct)}`);
  return failOn(wrong, `${image.text} is served from the cache`, shown);
}

/** With a token that Harbor cannot read: a public project serves the image anyway. */
function askWithCredential({ client, image }: Mirror, wire: ProjectContext['wire']): Promise<PlainAnswer> {
  const path = `/v2/${image.image.repository}/manifests/${manifestReference(image.image)}`;
  const headers = { accept: ACCEPT_MANIFEST, authorization: 'Bearer broken.by.breakwater' };
  return client.plain({ method: 'HEAD', path, headers }, wire);
}

/** What the shield writes into its header, such as `memory` or `bypass`; `none` without a shield. */
function stateOf(answer: PlainAnswer): string {
  return header(answer, 'x-breakwater-shield') ?? 'none';
}
