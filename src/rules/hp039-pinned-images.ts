import type { JsonObject } from '../json';
import { releasesIn, valueOf } from './helm-values';
import type { Rule } from './rule';
import { containersIn, resourcesIn, textOf } from './synthesised';

/**
 *      harbor-core:v2.15.2@sha256:…      pinned
 *      harbor-core:v2.15.2               the tag can be moved
 *      harbor-core@sha256:…              fixed, but a reader cannot see which version it is
 */
const PINNED = /:[A-Za-z0-9_][A-Za-z0-9._-]*@sha256:[0-9a-f]{64}$/;

/**
 * The tag is for people, the digest for the machine: a digest alone is a finding, because a reader cannot see the
 * version. A moved tag would not be a change of the plan (docs/harbor-behavior.md 11.7).
 */
export const hp039: Rule = {
  id: 'HP039',
  title: 'every image is pinned by tag and digest',
  severity: 'high',
  why: 'A tag can be moved to other content, and a plan would not show it (CIS 5.28; the Trivy incident).',
  deployed: {
    judge: (stacks) => [
      ...containersIn(stacks).flatMap(({ address, properties }) => unpinned(`${address}.image`, properties['image'])),
      ...resourcesIn(stacks, 'docker_image').flatMap(({ address, properties }) =>
        unpinned(`${address}.name`, properties['name']),
      ),
      ...releasesIn(stacks).flatMap(({ address, values }) =>
        imagesOf(values).flatMap((path) => unpinned(`${address}.${path}`, imageAt(values, path))),
      ),
    ],
    good: { docker_container: { core: { image: `goharbor/harbor-core:v2.15.2@sha256:${'0'.repeat(64)}` } } },
    bad: { docker_container: { core: { image: 'goharbor/harbor-core:latest' } } },
  },
};

/** The components that the chart can replace by external services. */
function imagesOf(values: JsonObject): string[] {
  return [
    ...['core', 'portal', 'jobservice', 'registry.registry', 'registry.controller'],
    ...(valueOf(values, 'trivy.enabled') === false ? [] : ['trivy']),
    ...(valueOf(values, 'metrics.enabled') === true ? ['exporter'] : []),
  ].map((component) => `${component}.image`);
}

function imageAt(values: JsonObject, path: string): string {
  const [repository, tag] = ['repository', 'tag'].map((key) => textOf(valueOf(values, `${path}.${key}`)));
  return `${repository || 'the chart’s own image'}:${tag || '(its own tag)'}`;
}

/**
 * A reference to another resource (`${docker_image.core.image_id}`) is a finding, too: what it becomes cannot be read
 * here.
 */
function unpinned(address: string, image: unknown) {
  if (typeof image === 'string' && PINNED.test(image)) return [];
  const message = `${typeof image === 'string' ? image : 'an image'} has no digest`;
  return [{ address, message, hint: 'write name:tag@sha256:… in stacks/images.yaml' }];
}
