import { hasErrors, type Diagnostic } from '../diagnostic';
import type { AnyKind } from '../kinds/kind';
import type { LoadResult } from './declaration';
import { applyDefaults } from './defaults';
import { checkObjects, checkReferences, expandObjects } from './expand';
import { checkHarborUrl } from './harbor-url';
import { notAMap, overlay, removalsOfNothing, uniteFiles } from './merge';
import { parseYaml } from './parse';
import { sitesOf } from './placement-path';
import { readPolicyFiles, type FileSelection } from './read-files';
import { assembleSchema } from './schema';
import { startOf, type SourceText } from './source-text';
import { declarationOf } from './summary';
import { valueOf, type TreeNode } from './tree';
import { validateAgainst } from './validate';

export interface LoadOptions extends FileSelection {
  readonly kinds: readonly AnyKind[];
}

/**
 * Reads a policies directory and its overlays, and answers either a declaration or everything that is wrong
 * with it, all findings at once. Never throws because of what the files hold.
 *
 *   files -> bounded -> parsed -> united -> overlaid -> defaults -> schema -> objects -> references
 */
export async function loadDeclaration({ kinds, ...selection }: LoadOptions): Promise<LoadResult> {
  const files = await readPolicyFiles(selection);
  const sources = new Map([...files.policies, ...files.overlays].map(({ file, text }) => [file, text]));
  const composed = compose(files.policies, files.overlays);
  const diagnostics = [...files.diagnostics, ...composed.diagnostics];
  if (!composed.root) {
    if (!hasErrors(diagnostics)) diagnostics.push(nothingDeclared(files.policies));
    return { diagnostics: sorted(diagnostics), sources };
  }
  const sites = sitesOf(kinds);
  const root = applyDefaults(composed.root, sites);
  const schema = await validateAgainst(assembleSchema(kinds), root, valueOf(root));
  const expansion = expandObjects(root, sites, schema.paths);
  diagnostics.push(...schema.diagnostics, ...checkHarborUrl(root), ...expansion.diagnostics);
  diagnostics.push(...checkObjects(expansion.expanded));
  // A file that could not be read may declare what the others refer to.
  if (!hasErrors(files.diagnostics) && !hasErrors(composed.diagnostics))
    diagnostics.push(...checkReferences(expansion));
  if (hasErrors(diagnostics)) return { diagnostics: sorted(diagnostics), sources };
  const objects = expansion.expanded.map(({ object }) => object);
  const declaration = declarationOf(root, objects, sites, selection.directory);
  return { declaration, diagnostics: sorted(diagnostics), sources };
}

function compose(
  policies: readonly SourceText[],
  overlays: readonly SourceText[],
): { root?: TreeNode; diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const trees = (files: readonly SourceText[]) => files.flatMap((file) => treeIn(file, diagnostics));
  const united = uniteFiles(trees(policies));
  diagnostics.push(...united.diagnostics);
  let root: TreeNode | undefined = united.root;
  for (const above of trees(overlays)) {
    if (above.type !== 'map') diagnostics.push(notAMap(above));
    else if (root) {
      diagnostics.push(...removalsOfNothing(root, above));
      root = overlay(root, above);
    }
  }
  return root ? { root, diagnostics } : { diagnostics };
}

function treeIn(file: SourceText, diagnostics: Diagnostic[]): TreeNode[] {
  const parsed = parseYaml(file);
  diagnostics.push(...parsed.diagnostics);
  const isEmpty = parsed.tree?.type === 'scalar' && parsed.tree.value === null;
  return parsed.tree && !isEmpty ? [parsed.tree] : [];
}

function nothingDeclared([first]: readonly SourceText[]): Diagnostic {
  const message = 'the policies declare nothing';
  return { rule: 'no-policies', severity: 'error', message, ...(first ? { at: startOf(first) } : {}) };
}

/** By place, and where two findings share one, by rule: the same input gives the same bytes. */
function sorted(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      compare(a.at?.file ?? '', b.at?.file ?? '') ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0) ||
      compare(a.rule, b.rule) ||
      compare(a.message, b.message),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
