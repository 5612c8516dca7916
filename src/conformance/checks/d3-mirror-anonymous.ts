import { manifestReference, type Descriptor } from '../../oci';
import { describeAnswer } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { error, fail, pass, type Outcome } from '../model/outcome';
import { fetchManifest, fetchPlatforms, type NotFetched } from '../pull/manifest-reading';
import type { NamedImage } from '../pull/named-image';
import { perMirror, type Mirror } from '../support/per-mirror';

/**
 * Pulls manifest and config, without layers. It takes no credential, because docker sends none to a mirror.
 *
 *      GET /v2/library/nginx/manifests/TAG        no project in the path: the front of the mirror adds it
 *      GET …/manifests/DIGEST                     one platform
 *      GET …/blobs/CONFIG                         the smallest blob
 */
export const check: ProjectCheck = {
  id: 'D3',
  title: 'The mirror serves without a login',
  proves: 'Without a credential the mirror serves an image’s manifests and config with their digests.',
  why: 'Docker cannot set credentials for a mirror: it sends none, or those of Docker Hub (moby/moby#30880, #42022).',
  limits: 'Tests one image of one platform, and its config; B1 reads the layers from Harbor itself.',
  upstreamCost: '1 HEAD by Harbor, and requests that M5 and M7 have not made yet',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perMirror(context, (mirror) => look(context, mirror)),
};

async function look(context: ProjectContext, { client, image }: Mirror): Promise<Outcome> {
  const { project, wire } = context;
  const { repository } = image.image;
  const reference = manifestReference(image.image);
  const top = await fetchManifest(client, repository, reference, wire);
  if ('problem' in top) return withoutManifest(context, image, reference, top);
  const [leaf] = await fetchPlatforms(client, repository, top, project.platforms.slice(0, 1), wire);
  if (!leaf) return fail('no platform is declared for this project');
  if ('problem' in leaf) return fail(leaf.problem);
  const problem = await readConfig(client, repository, leaf.manifest.config, wire);
  return problem === undefined ? pass(`${image.text} is served without a credential`) : fail(problem);
}

/** A limit or a failure at the mirror may be one of Harbor itself, which it passes on. */
async function withoutManifest(
  { puller, wire }: ProjectContext,
  { name }: NamedImage,
  reference: string,
  { problem, isUnanswered }: NotFetched,
): Promise<Outcome> {
  if (isUnanswered !== true) return fail(problem);
  const own = await puller.manifest('GET', name, reference, wire);
  return own.status === 200 ? fail(problem) : error(`${problem}; Harbor itself returned ${describeAnswer(own)}`);
}

/** Read up to the announced size: a mirror that sends more cannot fill the memory. */
async function readConfig(
  client: Mirror['client'],
  repository: string,
  { digest, sizeBytes }: Descriptor,
  wire: ProjectContext['wire'],
): Promise<string | undefined> {
  const answer = await client.blob(repository, digest, { limitBytes: sizeBytes }, wire);
  if (answer.status !== 200) return `config ${digest}: ${describeAnswer(answer)}`;
  return answer.digest === digest ? undefined : `config ${digest}: the bytes hash to ${answer.digest}`;
}
