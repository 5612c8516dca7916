import { compact } from '../../compact';
import type { Extractor, Found } from '../found';
import { interpolate } from '../interpolate';
import { literal } from '../value';
import { plausibility } from '../plausible';
import { scalarAt, valueAt, type MapNode } from '../yaml/documents';
import { scanYaml, type Visit } from '../yaml/scan-yaml';
import { patched } from './kubernetes';

/**
 * `images` of a kustomization: replacements for images in manifests.
 *
 *      images:
 *        - name: nginx                             the name in the manifests: nothing is pulled by this name
 *          newName: quay.io/example/nginx          quay.io/example/nginx:1.27
 *          newTag: "1.27"
 *        - name: redis
 *          newTag: "7"                             redis:7
 *
 * For the second one an edit would have to add `newName`, because a changed `name` matches no manifest any more. So it
 * is reported and never edited.
 */
export const kustomize: Extractor = {
  name: 'kustomize',
  claims: (path) => /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => true,
      leaves: ({ key }, _map, { path }) => key === 'images' && path.length === 0,
      extra: (map, visit) => [...(visit.path.length === 0 ? replaced(map, visit) : []), ...patched(map, visit)],
    }),
};

function replaced(root: MapNode, visit: Visit): Found[] {
  const images = valueAt(root, 'images');
  return images.kind === 'list'
    ? images.items.flatMap((item) => (item.kind === 'map' ? replacement(item, visit) : []))
    : [];
}

function replacement(map: MapNode, { text, lookup }: Visit): Found[] {
  const name = scalarAt(map, 'name');
  const newName = scalarAt(map, 'newName');
  const shown = newName ?? name;
  const tag = scalarAt(map, 'newTag');
  const digest = scalarAt(map, 'digest');
  if (!shown) return [];
  const value = [
    ...interpolate(text, shown.start, shown.end, lookup),
    ...(tag ? [literal(':'), ...interpolate(text, tag.start, tag.end, lookup)] : []),
    ...(digest ? [literal('@'), ...interpolate(text, digest.start, digest.end, lookup)] : []),
  ];
  if (plausibility(value) === undefined) return [];
  // `name` must stay as in the manifests.
  const fixed = newName ? undefined : '`name` has to match the manifests: add `newName`';
  return [compact({ start: shown.start, end: shown.end, value, confidence: 'high', fixed })];
}
