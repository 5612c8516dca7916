import type { Extractor, Found } from '../found';
import { entryOf, type MapNode } from '../yaml/documents';
import { imageOf, scanYaml, type Visit } from '../yaml/scan-yaml';

/** GitLab CI: `image` and `services`, as names or as maps, and the scripts. */
export const gitlabCi: Extractor = {
  name: 'gitlab-ci',
  claims: (path) => /(?:^|[/._-])gitlab-ci[^/]*\.ya?ml$|(?:^|\/)\.gitlab\/(?:ci|.*)\/?[^/]*\.ya?ml$/.test(path),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => true,
      // Variables count where they are used.
      leaves: ({ key }, _map, { path }) => path.at(-1) === 'variables' || key === 'include',
      extra: (map, visit) => services(map, visit),
    }),
};

function services(map: MapNode, visit: Visit): Found[] {
  const listed = entryOf(map, 'services')?.value;
  if (listed?.kind !== 'list') return [];
  return listed.items.flatMap((item) => imageOf(visit, item.kind === 'map' ? entryOf(item, 'name')?.value : item));
}
