import { isRecord } from '../json';
import { dottedPath } from '../declaration/yaml/tree';
import type { PlacedObject } from './place';
import { emptyMap, nodeOf, type YamlMap, type YamlNode } from './yaml-node';

/** The tree to write, and where each object is in it: findings of the loader are traced back to their object. */
export interface Composed {
  readonly root: YamlMap;
  /** Positions of each object, in the form of findings. */
  readonly paths: ReadonlyMap<PlacedObject, string>;
}

/**
 * Puts the objects into one tree; objects below another one come after its own fields.
 *
 *      project p, steps projects.p            projects: { p: { registry: hub,
 *      quota p,   steps projects.p.storage_limit             storage_limit: 500GiB,
 *      robot p+ci, steps projects.p.robots.ci                robots: { ci: { … } } } }
 *
 * Sorting by the number of steps is enough for that: what is below has more of them.
 */
export function compose(objects: readonly PlacedObject[]): Composed {
  const root = emptyMap();
  const paths = new Map<PlacedObject, string>();
  for (const object of [...objects].sort(parentsFirst)) {
    if (isNothing(object)) continue;
    paths.set(object, dottedPath(insert(root, object)));
  }
  return { root, paths };
}

/** Only defaults of something that always exists: an empty `configuration: {}` adds nothing. */
function isNothing({ steps, value }: PlacedObject): boolean {
  return isRecord(value) && Object.keys(value).length === 0 && steps.length === 1;
}

function parentsFirst(a: PlacedObject, b: PlacedObject): number {
  return a.steps.length - b.steps.length;
}

/** `[]` appends to a list. Its index is in the returned path, because findings name items by index. */
function insert(root: YamlMap, { steps, value, notes }: PlacedObject): (string | number)[] {
  const path: (string | number)[] = [];
  const node = nodeOf(value, notes);
  let at: YamlNode = root;
  for (const [i, step] of steps.entries()) {
    const isLast = i === steps.length - 1;
    if (at.type === 'list') {
      path.push(at.items.length);
      at.items.push(node);
    } else if (at.type === 'map') {
      path.push(step);
      at = isLast ? put(at, step, node) : (at.entries.get(step) ?? put(at, step, container(steps[i + 1])));
    }
  }
  return path;
}

function put(map: YamlMap, key: string, node: YamlNode): YamlNode {
  map.entries.set(key, node);
  return node;
}

function container(next: string | undefined): YamlNode {
  return next === '[]' ? { type: 'list', items: [] } : emptyMap();
}
