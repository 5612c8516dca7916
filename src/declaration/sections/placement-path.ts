import type { AnyKind, Placement } from '../../kinds/kind';
import type { Entry, Path, TreeNode } from '../yaml/tree';
import type { Span } from '../yaml/source-text';

/** `projects.*.members.[]` as steps: a literal key, `*` for any name, `[]` for any item. */
export type Steps = readonly string[];

/** Names in the files are never part of a placement's path, so dots only separate steps. */
export function stepsOf(path: string): Steps {
  return path.split('.');
}

/** One kind at one of its placements, with the keys below it that belong to other kinds. */
export interface Site {
  readonly kind: AnyKind;
  readonly placement: Placement<object>;
  readonly steps: Steps;
}

/** A kind with two placements, such as labels, has two sites. */
export function sitesOf(kinds: readonly AnyKind[]): Site[] {
  return kinds.flatMap((kind) =>
    kind.placements.map((placement: Placement<object>) => ({ kind, placement, steps: stepsOf(placement.path) })),
  );
}

/** Keys of a value at `steps` below which other kinds are placed. */
export function foreignKeys(steps: Steps, sites: readonly Site[]): string[] {
  const below = sites.filter(
    (site) => site.steps.length > steps.length && steps.every((step, i) => step === site.steps[i]),
  );
  return [...new Set(below.map((site) => site.steps[steps.length] ?? ''))].filter((key) => key !== '*' && key !== '[]');
}

/** A value at a placement. */
export interface Match {
  readonly path: Path;
  /** The names that `*` matched, outermost first. */
  readonly names: readonly string[];
  /** The key of the value; for an item of a list, the item itself. */
  readonly key: Span;
  readonly node: TreeNode;
  /** Values on the path at each `*`, outermost first; the last one is `node` if the path ends in `*`. */
  readonly named: readonly TreeNode[];
}

/** Every value at `steps`, in the order of the files. */
export function matches(root: TreeNode, steps: Steps): Match[] {
  let found: Match[] = [{ path: [], names: [], key: root.span, node: root, named: [] }];
  for (const [i, step] of steps.entries()) found = found.flatMap((match) => stepBelow(match, step, steps[i + 1]));
  return found;
}

/** Of thousands of names, usually none has the `next` step below it: for those nothing is created. */
function stepBelow(match: Match, step: string, next: string | undefined): Match[] {
  const { node } = match;
  if (step === '[]') {
    if (node.type !== 'list') return [];
    return node.items.map((item, i) => ({ ...match, path: [...match.path, i], key: item.span, node: item }));
  }
  if (node.type !== 'map') return [];
  if (step === '*')
    return [...node.entries]
      .filter(([, entry]) => hasStep(entry.value, next))
      .map(([name, entry]) => named(match, name, entry));
  const entry = node.entries.get(step);
  return entry ? [{ ...match, path: [...match.path, step], key: entry.key, node: entry.value }] : [];
}

function hasStep(node: TreeNode, step: string | undefined): boolean {
  if (step === undefined) return true;
  if (step === '[]') return node.type === 'list';
  return node.type === 'map' && (step === '*' || node.entries.has(step));
}

function named(match: Match, name: string, entry: Entry): Match {
  return {
    path: [...match.path, name],
    names: [...match.names, name],
    key: entry.key,
    node: entry.value,
    named: [...match.named, entry.value],
  };
}
