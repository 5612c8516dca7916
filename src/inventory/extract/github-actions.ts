import type { Extractor, Found } from '../found';
import { entryOf, type Entry, type MapNode } from '../yaml/documents';
import { imageOf, scanYaml, type Visit } from '../yaml/scan-yaml';

const PATH = /(?:^|\/)\.(?:github|gitea|forgejo)\/(?:workflows|actions)\/.*\.ya?ml$|(?:^|\/)action\.ya?ml$/;

/** Workflows and actions of GitHub, Gitea and Forgejo. */
export const githubActions: Extractor = {
  name: 'github-actions',
  claims: (path) => PATH.test(path),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => true,
      leaves: (entry, _map, visit) => isNotPulled(entry, visit),
      extra: (map, visit) => [...container(map, visit), ...matrix(map, visit)],
    }),
};

/** Variables count where they are used; `with` may name an image to push; `runs.image` may be a Dockerfile. */
function isNotPulled({ key, value }: Entry, { path }: Visit): boolean {
  const parent = path.at(-1);
  if (parent === 'env' || parent === 'outputs' || parent === 'inputs') return true;
  if (value.kind !== 'scalar') return false;
  // Images in the matrix are found there.
  if (/^\$\{\{\s*matrix\.[\w-]*(?:image|container)[\w-]*\s*\}\}$/i.test(value.text)) return true;
  if (parent === 'with') return /^(?:images?|image[-_]?names?)$/i.test(key) && !/[:@]/.test(value.text);
  return parent === 'runs' && key === 'image' && !value.text.startsWith('docker://');
}

function container(map: MapNode, visit: Visit): Found[] {
  const value = entryOf(map, 'container')?.value;
  return value?.kind === 'scalar' && visit.path.at(-2) === 'jobs' ? imageOf(visit, value) : [];
}

/** `matrix: { container: [a:1, b:2] }`, and the same in `include`. */
function matrix(map: MapNode, visit: Visit): Found[] {
  if (!visit.path.includes('matrix')) return [];
  return map.entries.flatMap(({ key, value }) => {
    if (!/image|container/i.test(key)) return [];
    const items = value.kind === 'list' ? value.items : key === 'image' ? [] : [value];
    return items.flatMap((item) => imageOf(visit, item));
  });
}
