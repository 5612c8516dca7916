import { compact } from '../compact';
import { hasErrors, inOrder, type Diagnostic } from '../diagnostic';
import type { AnyKind } from '../kinds/kind';
import type { LoadResult } from './declaration';
import { applyDefaults } from './expand/defaults';
import { checkOnlyOne, checkUnique } from './checks/only-one';
import { checkRenames } from './checks/renames';
import { checkWrittenFiles, writtenFiles, type WrittenFile } from './checks/written-files';
import { checkObjects, checkReferences, checkVersions, expandObjects, type Expansion } from './expand/expand';
import { takeExternal } from './expand/external';
import { checkHarborUrl } from './checks/harbor-url';
import { limits } from './yaml/limits';
import { isNull, notAMap, overlay, removalsOfNothing, uniteFiles } from './expand/merge';
import { originsIn } from './expand/origins';
import { parseYaml, type Parsed } from './yaml/parse';
import { sitesOf, type Site } from './sections/placement-path';
import { readPolicyFiles, type FileSelection, type PolicyFiles } from './files/read-files';
import { positionOf, startOf, type SourceText } from './yaml/source-text';
import { declarationOf } from './summary';
import { childOf, hasMoreNodesThan, locate, type Path, type TreeNode } from './yaml/tree';
import { validateTree } from './schema/validate';
import { checkWrittenOnDisk } from './checks/written-on-disk';

/** The kinds decide which sections and keys exist. */
export interface LoadOptions extends FileSelection {
  readonly kinds: readonly AnyKind[];
}

/**
 * Reads a policies directory and its overlays, and returns either a declaration or everything that is wrong
 * with it, all findings at once. Never throws because of what the files contain.
 *
 *   files -> bounded -> parsed -> united -> overlaid -> defaults -> schema -> objects -> references
 */
export async function loadDeclaration({ kinds, ...selection }: LoadOptions): Promise<LoadResult> {
  const files = await readPolicyFiles(selection);
  const names = [...files.policies, ...files.overlays].map(({ file }) => file);
  return declarationFrom(files, selection.directory, kinds, (written) =>
    checkWrittenOnDisk(written, selection.directory, names),
  );
}

/** The same for files that are already in memory; `directory` is the base of their paths. */
export async function declarationFrom(
  files: PolicyFiles,
  directory: string,
  kinds: readonly AnyKind[],
  onDisk: (written: readonly WrittenFile[]) => Promise<readonly Diagnostic[]> = () => Promise.resolve([]),
): Promise<LoadResult> {
  const sources = new Map([...files.policies, ...files.overlays].map(({ file, text }) => [file, text]));
  const composed = compose(files.policies, files.overlays);
  const before = [...files.diagnostics, ...composed.diagnostics];
  if (!composed.root) {
    const nothing = hasErrors(before) ? [] : [nothingDeclared(files.policies)];
    return { diagnostics: inOrder([...before, ...nothing]), sources };
  }
  const sites = sitesOf(kinds);
  const taken = takeExternal(composed.root);
  const root = applyDefaults(taken.root, sites);
  if (hasMoreNodesThan(root, limits.nodes)) return { diagnostics: inOrder([...before, tooManyNodes(root)]), sources };
  const { expansion, diagnostics } = await understand(root, sites, kinds);
  // A file that could not be read may declare objects that others refer to.
  const references = hasErrors(before) ? [] : checkReferences(expansion, taken.external);
  const overlays = files.overlays.map(({ file }) => file);
  const written = checkWrittenFiles(writtenFiles(expansion.expanded), directory, overlays);
  const all = inOrder([
    ...before,
    ...taken.diagnostics,
    ...diagnostics,
    ...references,
    ...written.diagnostics,
    ...(await onDisk(written.fine)),
  ]);
  if (hasErrors(all)) return { diagnostics: all, sources };
  const objects = expansion.expanded.map(({ object }) => object);
  const originOf = originsIn(root, expansion.expanded, overlays);
  return {
    declaration: { ...declarationOf(root, objects, sites, directory, taken.external), originOf },
    diagnostics: all,
    sources,
  };
}

interface Understood {
  readonly expansion: Expansion;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * `root` includes the defaults. The findings of the schema come from the tree, those of the kinds from specs. Only an
 * object without faults in the schema (`schema.paths`) becomes a spec, so that a check never sees a text where it
 * expects a number.
 */
async function understand(root: TreeNode, sites: readonly Site[], kinds: readonly AnyKind[]): Promise<Understood> {
  const schema = await validateTree(kinds, root);
  const expansion = expandObjects(root, sites, schema.paths);
  const version = declaredVersion(root, schema.paths);
  const versions = version === undefined ? [] : checkVersions(expansion.expanded, version);
  const renames = checkRenames(expansion.expanded);
  const { expanded } = expansion;
  const meanings = [...checkObjects(expanded, version), ...checkOnlyOne(expanded), ...checkUnique(expanded)];
  const checks = [...checkHarborUrl(root), ...meanings, ...versions, ...renames];
  // The schema reports an unknown key; the finding about the rename is more helpful.
  const explained = new Set(renames.filter(({ rule }) => rule === 'cannot-rename').map(({ path }) => path));
  const others = schema.diagnostics.filter(({ rule, path }) => rule !== 'unknown-key' || !explained.has(path));
  return { expansion, diagnostics: [...others, ...expansion.diagnostics, ...checks] };
}

/** From `harbor.version`; an invalid one is a finding of the schema and is not compared. */
function declaredVersion(root: TreeNode, faults: readonly Path[]): string | undefined {
  const node = childOf(childOf(root, 'harbor'), 'version');
  const isFaulty = faults.some((path) => path.join('.') === 'harbor.version');
  return node?.type === 'scalar' && typeof node.value === 'string' && !isFaulty ? node.value : undefined;
}

interface Composed {
  /** Absent if every file is empty. */
  readonly root?: TreeNode;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 *      policies/*.yaml     united: each key in one file, a second one is an error
 *      overlays, in order  laid over: a key replaces, null removes, removing what is not there is a finding
 */
function compose(policies: readonly SourceText[], overlays: readonly SourceText[]): Composed {
  const below = policies.map(treeIn);
  const above = overlays.map(treeIn);
  const united = uniteFiles(below.flatMap(treesOf));
  const diagnostics = [below, above].flat().flatMap((parsed) => parsed.diagnostics);
  if (!united.root) return { diagnostics: [...diagnostics, ...united.diagnostics] };
  const laid = above.flatMap(treesOf).reduce<Overlaid>(layOver, { root: united.root, diagnostics: [] });
  return { root: laid.root, diagnostics: [...diagnostics, ...united.diagnostics, ...laid.diagnostics] };
}

interface Overlaid {
  readonly root: TreeNode;
  readonly diagnostics: readonly Diagnostic[];
}

function layOver({ root, diagnostics }: Overlaid, above: TreeNode): Overlaid {
  if (above.type !== 'map') return { root, diagnostics: [...diagnostics, notAMap(above)] };
  return { root: overlay(root, above), diagnostics: [...diagnostics, ...removalsOfNothing(root, above)] };
}

/** A file with only comments parses to nothing, or to null, which is not an error. */
function treeIn(file: SourceText): Parsed {
  const { tree, diagnostics } = parseYaml(file);
  return tree && !isNull(tree) ? { tree, diagnostics } : { diagnostics };
}

function treesOf({ tree }: Parsed): TreeNode[] {
  return tree ? [tree] : [];
}

function nothingDeclared([first]: readonly SourceText[]): Diagnostic {
  const message = 'the policies declare nothing';
  return compact({ rule: 'no-policies', severity: 'error', message, at: first && startOf(first) });
}

/** A small file can become large: a default with 100 values in 10,000 projects is a million. */
function tooManyNodes(root: TreeNode): Diagnostic {
  const { key, node } = locate(root, ['defaults']);
  const message = `more than ${limits.nodes} values after merging the defaults into every object`;
  return { rule: 'too-many-nodes', severity: 'error', message, at: positionOf(key ?? node.span) };
}
