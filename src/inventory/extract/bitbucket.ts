import type { Extractor } from '../found';
import { scanYaml } from '../yaml/scan-yaml';

/**
 * Bitbucket Pipelines, with pipes that are images.
 *
 *      image: node:22                              the default of every step
 *      - pipe: docker://example/pipe:1.0           an image
 *      - pipe: atlassian/aws-s3-deploy:1.1.0       a name of Bitbucket's own list
 */
export const bitbucket: Extractor = {
  name: 'bitbucket-pipelines',
  claims: (path) => /(?:^|\/)bitbucket-pipelines\.ya?ml$/.test(path),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => true,
      leaves: (_entry, _map, { path }) => path.at(-1) === 'variables',
    }),
};
