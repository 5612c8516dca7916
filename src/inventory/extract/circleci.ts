import type { Extractor } from '../found';
import { scanYaml } from '../yaml/scan-yaml';

/** CircleCI. The image of a machine executor is not a container image. */
export const circleci: Extractor = {
  name: 'circleci',
  claims: (path) => /(?:^|\/)\.circleci\/.*\.ya?ml$/.test(path),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => true,
      leaves: ({ key }, _map, { path }) => key === 'machine' || path.at(-1) === 'environment' || key === 'orbs',
    }),
};
