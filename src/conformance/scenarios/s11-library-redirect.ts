import { ACCEPT_MANIFEST, header, manifestReference } from '../../oci';
import { describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { namedImage, type NamedImage } from '../pull/named-image';
import { evidence, failOn, mergeOutcomes, skip, type Outcome } from '../model/outcome';

/**
 * Harbor redirects `nginx` to `library/nginx` (docs/harbor-behavior.md 10.1). The token of the short name must be
 * enough for the long one, because clients do not request another.
 */
export const check: ProjectCheck = {
  id: 'S11',
  title: 'A short Docker Hub name is redirected to library/',
  proves: 'nginx is redirected to library/nginx, which has the same digest, and the same token works for both.',
  why: 'People write docker pull nginx; without the redirect it is not found (goharbor/harbor#12719, #13733, #14767).',
  limits: 'Harbor’s redirect loses the query, including a mirror’s ns=, which no redirected request needs.',
  upstreamCost: '4 HEAD per official image',
  phase: 'serving',
  scope: 'project',
  run,
};

const PREFIX = 'library/';

async function run(context: ProjectContext): Promise<Outcome> {
  const { project } = context;
  if (!project.proxy || project.registryType !== 'docker-hub') return skip('not a proxy of Docker Hub');
  const official = project.images.filter((text) => text.startsWith(PREFIX));
  if (official.length === 0) return skip('no image below library/ is declared');
  const parts = [];
  for (const text of official) parts.push({ part: text, outcome: await look(context, namedImage(project.name, text)) });
  return mergeOutcomes(parts);
}

/**
 *      HEAD /v2/P/nginx/manifests/TAG?ns=docker.io      301 to /v2/P/library/nginx/manifests/TAG on the same origin
 *      HEAD there, with the token of P/nginx            200, with a digest
 *      HEAD there, with its own token                   the same digest
 */
async function look(context: ProjectContext, named: NamedImage): Promise<Outcome> {
  const { puller, project, wire } = context;
  const reference = manifestReference(named.image);
  const short = `${project.name}/${named.image.repository.slice(PREFIX.length)}`;
  const ask = (path: string) =>
    puller.authorized({ method: 'HEAD', path, headers: { accept: ACCEPT_MANIFEST } }, short, wire);
  const redirect = await ask(`/v2/${short}/manifests/${reference}?ns=docker.io`);
  const location = header(redirect, 'location') ?? '';
  const there = URL.canParse(location, puller.url.href) ? new URL(location, puller.url) : undefined;
  const wanted = `/v2/${named.name}/manifests/${reference}`;
  if (redirect.status !== 301 || there?.pathname !== wanted || there.origin !== puller.url.origin)
    return failOn(
      [`${short}: expected 301 to ${wanted}, got ${describePlain(redirect)} to ${location || 'nowhere'}`],
      '',
    );
  const followed = await ask(wanted);
  const direct = await puller.manifest('HEAD', named.name, reference, wire);
  const digest = header(followed, 'docker-content-digest');
  const shown = [evidence('redirected to', location), evidence('digest', digest ?? 'none')];
  const problems: string[] = [];
  if (followed.status !== 200) problems.push(`with the token of the short name: ${describePlain(followed)}`);
  else if (digest !== direct.headerDigest)
    problems.push(`the short name has the digest ${digest}, the long one ${direct.headerDigest}`);
  return failOn(problems, `301, and the same image with the same token`, shown);
}
