import type { Extractor } from '../found';
import { scalarAt } from '../yaml/documents';
import { imageOf, scanYaml } from '../yaml/scan-yaml';

/**
 * Google Cloud Build: `name` of each step is its image.
 *
 *      steps:
 *        - name: gcr.io/cloud-builders/docker      pulled
 *          args: [build, -t, example.com/app, .]
 *      images: [example.com/app]                   pushed at the end
 */
export const cloudBuild: Extractor = {
  name: 'cloud-build',
  claims: (path) => /(?:^|\/)cloudbuild[^/]*\.(?:ya?ml|json)$/.test(path),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => true,
      leaves: ({ key }, _map, { path }) => path.length === 0 && (key === 'images' || key === 'substitutions'),
      extra: (map, visit) => (visit.path.at(-2) === 'steps' ? imageOf(visit, scalarAt(map, 'name')) : []),
    }),
};
