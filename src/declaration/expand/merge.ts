import type { Diagnostic } from '../../diagnostic';
import { positionOf } from '../yaml/source-text';
import type { Entry, ListNode, MapNode, TreeNode } from '../yaml/tree';

/** Sections that are lists: the items of several files are concatenated. */
const LIST_SECTIONS = new Set(['waivers', 'unmanaged']);

/**
 * Merges the files of one directory: the names of each section are united, and a name that is declared twice is an
 * error, because neither file would show which one wins.
 */
export function uniteFiles(trees: readonly TreeNode[]): { root?: MapNode; diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  let root: MapNode | undefined;
  for (const tree of trees) {
    if (tree.type !== 'map') diagnostics.push(notAMap(tree));
    else root = root ? unite(root, tree, [], diagnostics) : withoutEmptySections(tree);
  }
  return root ? { root, diagnostics } : { diagnostics };
}

/**
 * Applies an overlay: maps are merged key by key, anything else is replaced, `null` removes. Both inputs stay unchanged
 * and share unchanged parts with the result.
 *
 *      below            above                  result
 *      { a: 1, b: 2 }   { b: 3, c: 4 }         { a: 1, b: 3, c: 4 }
 *      { a: 1, b: 2 }   { b: null }            { a: 1 }
 *      { l: [1, 2] }    { l: [3] }             { l: [3] }       lists are never merged
 *      { a: { x: 1 } }  { a: text }            { a: text }
 *
 * Precedence, the last one wins: `defaults`, the object itself, `instances/NAME.yaml`, each `--overlay` in the given
 * order. An overlay may change `defaults`, because those are merged afterwards.
 */
export function overlay(below: TreeNode, above: TreeNode): TreeNode {
  if (below.type !== 'map' || above.type !== 'map') return withoutNulls(above);
  const entries = new Map(below.entries);
  for (const [key, entry] of above.entries) {
    const lower = entries.get(key);
    if (isNull(entry.value)) entries.delete(key);
    else
      entries.set(key, {
        key: entry.key,
        value: lower ? overlay(lower.value, entry.value) : withoutNulls(entry.value),
      });
  }
  return { type: 'map', span: above.span, entries };
}

/** Keys that an overlay removes although they do not exist: probably a typo. */
export function removalsOfNothing(below: TreeNode | undefined, above: TreeNode): Diagnostic[] {
  if (above.type !== 'map') return [];
  return [...above.entries].flatMap(([key, entry]) => {
    const lower = below?.type === 'map' ? below.entries.get(key)?.value : undefined;
    if (!isNull(entry.value)) return removalsOfNothing(lower, entry.value);
    return lower ? [] : [removesNothing(key, entry)];
  });
}

function unite(left: MapNode, right: MapNode, path: readonly string[], diagnostics: Diagnostic[]): MapNode {
  const entries = new Map(left.entries);
  for (const [key, entry] of right.entries) {
    const earlier = entries.get(key);
    if (path.length === 0 && isNull(entry.value)) continue;
    if (!earlier) entries.set(key, entry);
    else if (path.length === 0) entries.set(key, uniteSections(key, earlier, entry, diagnostics));
    else diagnostics.push(declaredTwice([...path, key].join('.'), earlier, entry));
  }
  return { ...left, entries };
}

function uniteSections(section: string, left: Entry, right: Entry, diagnostics: Diagnostic[]): Entry {
  if (left.value.type === 'map' && right.value.type === 'map') {
    return { key: left.key, value: unite(left.value, right.value, [section], diagnostics) };
  }
  if (LIST_SECTIONS.has(section) && left.value.type === 'list' && right.value.type === 'list') {
    const joined: ListNode = { ...left.value, items: [...left.value.items, ...right.value.items] };
    return { key: left.key, value: joined };
  }
  diagnostics.push(declaredTwice(section, left, right));
  return left;
}

/** `registries:` without entries, because all are commented out, declares nothing. */
function withoutEmptySections(root: MapNode): MapNode {
  return { ...root, entries: new Map([...root.entries].filter(([, entry]) => !isNull(entry.value))) };
}

function withoutNulls(node: TreeNode): TreeNode {
  if (node.type !== 'map') return node;
  const kept = [...node.entries].filter(([, entry]) => !isNull(entry.value));
  const entries = kept.map(([key, entry]): [string, Entry] => [key, { ...entry, value: withoutNulls(entry.value) }]);
  return { ...node, entries: new Map(entries) };
}

/** In YAML an empty value is null, too: `name:`. */
export function isNull(node: TreeNode): boolean {
  return node.type === 'scalar' && node.value === null;
}

function declaredTwice(path: string, earlier: Entry, later: Entry): Diagnostic {
  const { file, line, column } = positionOf(earlier.key);
  return {
    rule: 'duplicate-name',
    severity: 'error',
    message: `${path} is declared twice, first at ${file}:${line}:${column}`,
    hint: 'keep one of them; to change a value for one Harbor use an overlay',
    at: positionOf(later.key),
    path,
  };
}

function removesNothing(key: string, entry: Entry): Diagnostic {
  return {
    rule: 'removes-nothing',
    severity: 'warning',
    message: `null removes "${key}", but the files below this overlay have no such key`,
    at: positionOf(entry.key),
  };
}

/** A file with a list or a single text at its top. */
export function notAMap(tree: TreeNode): Diagnostic {
  return {
    rule: 'wrong-type',
    severity: 'error',
    message: 'a policy file must be a map of sections, such as registries and projects',
    at: positionOf(tree.span),
  };
}
