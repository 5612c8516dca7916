import { randomBytes } from 'node:crypto';
import { ACCEPT_MANIFEST, header, isPageType, sha256Digest, type PlainAnswer } from '../../oci';
import { compact } from '../../compact';
import { describePlain, errorCode, errorText } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { hasFeature } from '../harbor-version';
import { error, evidence, fail, failOn, skip, type Outcome } from '../model/outcome';
import { letsThrough } from '../harbor-api/repository-filter';
import { requestsTo } from '../support/upstream-log';

/**
 * A random repository outside the pattern is requested. If the pattern cannot be evaluated here, or matches everything,
 * there is nothing to test.
 */
export const check: ProjectCheck = {
  id: 'S12',
  title: 'Repositories outside the filter are not served',
  proves:
    'Manifest, blob and tags of a repository outside proxy_cache_filter_pattern are 404, without a request to the upstream.',
  why: 'Without a filter the cache serves every image of the upstream, including unreviewed ones.',
  limits: 'Tests one repository outside the filter. A pattern with classes or escapes is skipped.',
  versions: 'from 2.16; older versions drop the pattern and serve everything',
  upstreamCost: 'none if the filter works',
  phase: 'serving',
  scope: 'project',
  run,
};

const REFUSAL = /does not match project repository filter/;

async function run(context: ProjectContext): Promise<Outcome> {
  const { project, harborVersion } = context;
  const filter = project.repositoryFilter;
  if (!filter) return skip('no proxy_cache_filter_pattern is declared');
  const known = hasFeature(harborVersion, 'repositoryFilter');
  if (known === undefined) return skip("Harbor's version is unknown, so the expected result is unknown, too");
  if (!known) return fail(`declared, but Harbor ${harborVersion} has no repository filter: it serves everything`);
  const repository = `breakwater-outside-${randomBytes(4).toString('hex')}/canary`;
  const isInside = letsThrough(filter, repository);
  if (isInside === undefined) return skip(`the pattern ${filter.pattern} cannot be evaluated by this check`);
  if (isInside) return skip(`the pattern ${filter.pattern} matches ${repository} and every other repository`);
  return play(context, repository);
}

/**
 * With a controllable upstream the repository exists there. Otherwise a 404 would also come from an upstream that has
 * no such image, and the text of Harbor's error decides alone.
 */
async function play(context: ProjectContext, repository: string): Promise<Outcome> {
  const { upstream } = context.project;
  await upstream?.publish(repository, '1', 1);
  await upstream?.takeLog();
  try {
    const { problems, unknown } = await askForAll(context, repository);
    const asked = upstream ? requestsTo(await upstream.takeLog(), repository) : [];
    if (asked.length > 0) problems.push(`the upstream was contacted: ${asked.join(', ')}`);
    if (problems.length === 0 && unknown !== undefined) return error(`whether it is refused is not known: ${unknown}`);
    const shown = [evidence('outside', repository), evidence('upstream', upstream ? 'not checked' : 'not looked at')];
    return failOn(problems, `${repository} is refused: manifest, blob and tags`, problems.length > 0 ? [] : shown);
  } finally {
    await upstream?.removeTag(repository, '1');
  }
}

async function askForAll({ puller, project, wire }: ProjectContext, repository: string): Promise<Asked> {
  const name = `${project.name}/${repository}`;
  const digest = sha256Digest(Buffer.from(repository));
  const problems: string[] = [];
  let unknown: string | undefined;
  for (const path of ['manifests/1', `blobs/${digest}`, 'tags/list']) {
    const headers = { accept: path.startsWith('manifests') ? ACCEPT_MANIFEST : '*/*' };
    const answer = await puller.authorized({ method: 'GET', path: `/v2/${name}/${path}`, headers }, name, wire);
    if (isRefused(answer)) continue;
    if (isAnswer(answer)) problems.push(`${path} of ${repository}: not refused: ${describePlain(answer)}`);
    else unknown ??= `${path} of ${repository} returned ${describePlain(answer)}`;
  }
  return compact({ problems, unknown });
}

interface Asked {
  readonly problems: string[];
  /** A response that says nothing about the filter. */
  readonly unknown?: string;
}

/** Content, or the error of a registry; not a limit, a failure, or a page of a proxy in front. */
function isAnswer(answer: PlainAnswer): boolean {
  if (answer.status === 200) return !isPageType(header(answer, 'content-type'));
  return answer.status === 404 && errorCode(answer.body) !== undefined;
}

/** A 404 alone is not enough: Harbor returns it for every image that the upstream does not have. */
function isRefused({ status, body }: PlainAnswer): boolean {
  return status === 404 && REFUSAL.test(errorText(body) ?? '');
}
