import { compact } from '../compact';
import { parseYaml } from '../declaration/yaml/parse';
import { readTextFile } from '../declaration/files/read-files';
import { positionOf, startOf, type SourceText } from '../declaration/yaml/source-text';
import { dottedPath, locate, valueOf, type Path, type TreeNode } from '../declaration/yaml/tree';
import { checkTree } from '../declaration/schema/validate';
import { hasErrors, type Diagnostic, type Finding } from '../diagnostic';

/** What was read of one file, with what is needed to show its findings with their lines. */
export interface ReadFile<Value> {
  /** Absent if the file cannot be used; then the findings contain an error. */
  readonly value?: Value;
  readonly tree?: TreeNode;
  /** Absent when it could not be read. */
  readonly source?: SourceText;
  readonly diagnostics: readonly Diagnostic[];
}

/** A YAML (or JSON) file that matches `schema`, or all findings with positions. */
export async function readFileOf<Value>(file: string, schema: object): Promise<ReadFile<Value>> {
  const source = await readTextFile(file);
  if ('rule' in source) return { diagnostics: [source] };
  const { tree, diagnostics } = parseYaml(source);
  if (!tree || hasErrors(diagnostics)) {
    const nothing = { rule: 'empty-file', severity: 'error', message: `${file} is empty`, at: startOf(source) };
    return { source, diagnostics: diagnostics.length > 0 ? diagnostics : [nothing as Diagnostic] };
  }
  const findings = await checkTree(schema as Readonly<Record<string, unknown>>, tree);
  const all = [...diagnostics, ...findings.diagnostics];
  return compact({ source, tree, value: !hasErrors(all) ? plain<Value>(tree) : undefined, diagnostics: all });
}

function plain<Value>(tree: TreeNode): Value {
  return JSON.parse(JSON.stringify(valueOf(tree))) as Value;
}

/** A finding about the value at a path. */
export interface TreeFinding extends Omit<Finding, 'field'> {
  readonly path: Path;
}

/** The finding with the position of its value; one about a missing value points to the map that lacks it. */
export function diagnosticOf(
  { rule, severity = 'error', path, message, hint }: TreeFinding,
  tree: TreeNode,
): Diagnostic {
  const dotted = dottedPath(path);
  const at = positionOf(locate(tree, path).node.span);
  const words = dotted === '' ? message : `${dotted}: ${message}`;
  return compact({ rule, severity, message: words, at, path: dotted, hint });
}
