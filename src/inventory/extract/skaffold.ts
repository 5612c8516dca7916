import type { Extractor, Found } from '../found';
import { scalarAt, type MapNode } from '../yaml/documents';
import { imageOf, scanYaml, type Visit } from '../yaml/scan-yaml';

/**
 * Skaffold: builders and deployed images; the artifacts are built, not pulled.
 *
 *      build:
 *        artifacts:
 *          - image: example.com/app                      built
 *            buildpacks: { builder: paketobuildpacks/builder-jammy-base }      pulled
 *      test:
 *        - image: example.com/app                        the artifact again
 *      verify:
 *        - container: { image: alpine:3.20 }             pulled
 */
export const skaffold: Extractor = {
  name: 'skaffold',
  claims: (path, head) => /(?:^|\/)skaffold[^/]*\.ya?ml$/.test(path) || /^apiVersion:\s*skaffold\//m.test(head()),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => true,
      leaves: ({ key }, _map, { path }) =>
        key === 'artifactOverrides' ||
        key === 'requires' ||
        (key === 'image' && ['artifacts', 'test', 'customTest'].includes(path.at(-2) ?? '')),
      extra: (map, visit) => builder(map, visit),
    }),
};

function builder(map: MapNode, visit: Visit): Found[] {
  return visit.path.at(-1) === 'buildpacks' ? imageOf(visit, scalarAt(map, 'builder')) : [];
}
