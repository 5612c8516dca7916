import type { Extractor, Found } from '../found';
import { foundIn } from '../words';
import { entryOf, type MapNode } from '../yaml/documents';
import { scanYaml, type Visit } from '../yaml/scan-yaml';
import { withoutComments } from '../yaml/without-comments';

/**
 * Development containers, including features that are pulled from registries. The keys are the references:
 *
 *      "image": "mcr.microsoft.com/devcontainers/go:1",
 *      "features": { "ghcr.io/devcontainers/features/node:1": { "version": "22" } }
 *
 * The file is JSON with comments, which are blanked before it is read, so that all offsets stay as they are.
 */
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
