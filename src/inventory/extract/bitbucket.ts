import type { Extractor } from '../found';
import { scanYaml } from '../yaml/scan-yaml';

/** Bitbucket Pipelines, with pipes that are images. */
export const bitbucket: Extractor = {
  name: 'bitbucket-pipelines',
  claims: (path) => /(?:^|\/)bitbucket-pipelines\.ya?ml$/.test(path),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => true,
      leaves: (_entry, _map, { path }) => path.at(-1) === 'variables',
    }),
};
