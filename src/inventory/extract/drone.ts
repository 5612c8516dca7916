import type { Extractor } from '../found';
import { scanYaml } from '../yaml/scan-yaml';

/** Drone, Woodpecker and Vela. `settings` are those of a plugin: there `repo` is what it pushes. */
export const drone: Extractor = {
  name: 'drone',
  claims: (path) =>
    /(?:^|\/)\.(?:drone|woodpecker|vela|crow)(?:\.[\w.-]+)?\.ya?ml$|(?:^|\/)\.(?:woodpecker|crow)\/.*\.ya?ml$/.test(
      path,
    ),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => true,
      leaves: ({ key }, _map, { path }) =>
        path.at(-1) === 'environment' || path.at(-1) === 'settings' || key === 'repo',
    }),
};
