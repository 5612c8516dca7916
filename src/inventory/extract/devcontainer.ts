import type { Extractor, Found } from '../found';
import { foundIn } from '../words';
import { entryOf, type MapNode } from '../yaml/documents';
import { scanYaml, type Visit } from '../yaml/scan-yaml';
import { withoutComments } from '../yaml/without-comments';

/** Development containers, including features that are pulled from registries. */
export const devcontainer: Extractor = {
  name: 'devcontainer',
  claims: (path) => /(?:^|\/)\.?devcontainer(?:-template)?\.json$|(?:^|\/)\.devcontainer\/.*\.json$/.test(path),
  extract: (text, start) =>
    scanYaml(text, start, text.length, { weak: () => true, readable: withoutComments, extra: features }),
};

function features(map: MapNode, { text, lookup, path }: Visit): Found[] {
  const declared = path.length === 0 ? entryOf(map, 'features')?.value : undefined;
  if (declared?.kind !== 'map') return [];
  return declared.entries.flatMap(({ keyAt }) => foundIn(text, keyAt, { lookup, weak: false }));
}
