import type { Rule } from './rule';
import { containersIn, resourcesIn } from './synthesised';

const PINNED = /:[A-Za-z0-9_][A-Za-z0-9._-]*@sha256:[0-9a-f]{64}$/;

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
    ],
    good: { docker_container: { core: { image: `goharbor/harbor-core:v2.15.2@sha256:${'0'.repeat(64)}` } } },
    bad: { docker_container: { core: { image: 'goharbor/harbor-core:latest' } } },
  },
};

function unpinned(address: string, image: unknown) {
  if (typeof image === 'string' && PINNED.test(image)) return [];
  const message = `${typeof image === 'string' ? image : 'an image'} has no digest`;
  return [{ address, message, hint: 'write name:tag@sha256:… in stacks/images.yaml' }];
}
