import type { Extractor, Found } from '../found';
import { entryOf, scalarAt, valueAt, type MapNode, type Node } from '../yaml/documents';
import { imageOf, scanYaml, type Visit } from '../yaml/scan-yaml';

/**
 * Azure Pipelines: container resources, and jobs and services that name an image directly.
 *
 *      resources: { containers: [{ container: tools, image: alpine:3.20 }] }      alpine:3.20
 *      jobs:
 *        - container: tools                        the resource above: the same image, not another one
 *        - container: node:22                      node:22
 *          services: { db: postgres:16 }           postgres:16
 *        - pool: { vmImage: ubuntu-latest }        a machine
 */
export const azurePipelines: Extractor = {
  name: 'azure-pipelines',
  claims: (path, head) =>
    /(?:^|\/)[^/]*azure-pipelines?[^/]*\.ya?ml$|(?:^|\/)\.azure(?:-?pipelines|devops)?\/.*\.ya?ml$/.test(path) ||
    (/\.ya?ml$/.test(path) && /^[ \t]*vmImage:/m.test(head())),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => true,
      leaves: (_entry, _map, { path }) =>
        path.at(-1) === 'variables' || path.at(-1) === 'inputs' || path.at(-1) === 'pool',
      extra: (map, visit) => [...container(map, visit), ...services(map, visit)],
    }),
};

function container(map: MapNode, visit: Visit): Found[] {
  const value = entryOf(map, 'container')?.value;
  // In the list of resources `container` is the name of the resource.
  return entryOf(map, 'image') || entryOf(map, 'endpoint') ? [] : notResource(value, visit);
}

function services(map: MapNode, visit: Visit): Found[] {
  const named = entryOf(map, 'services')?.value;
  return named?.kind === 'map' ? named.entries.flatMap(({ value }) => notResource(value, visit)) : [];
}

function notResource(node: Node | undefined, visit: Visit): Found[] {
  if (node?.kind !== 'scalar') return [];
  const names = RESOURCES.get(visit.root) ?? resourcesIn(visit.root);
  RESOURCES.set(visit.root, names);
  return names.has(node.text) ? [] : imageOf(visit, node);
}

/** By document: each job asks for them. */
const RESOURCES = new WeakMap<Node, ReadonlySet<string>>();

function resourcesIn(root: Node): ReadonlySet<string> {
  const resources = valueAt(root, 'resources', 'containers');
  return new Set(
    resources.kind === 'list' ? resources.items.map((item) => scalarAt(item, 'container')?.text ?? '') : [],
  );
}
