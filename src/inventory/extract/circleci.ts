import type { Extractor } from '../found';
import { scanYaml } from '../yaml/scan-yaml';

/**
 * CircleCI. The image of a machine executor is not a container image.
 *
 *      docker: [{ image: cimg/node:22.1 }]         pulled
 *      machine: { image: ubuntu-2404:current }     a virtual machine
 *      orbs: { node: circleci/node@5.1 }           a package of CircleCI, which only looks like a name
 */
export const circleci: Extractor = {
  name: 'circleci',
  claims: (path) => /(?:^|\/)\.circleci\/.*\.ya?ml$/.test(path),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => true,
      leaves: ({ key }, _map, { path }) => key === 'machine' || path.at(-1) === 'environment' || key === 'orbs',
    }),
};
