import { UsageError } from '../errors';
import { parseYaml } from '../declaration/yaml/parse';
import { readTextFile } from '../declaration/files/read-files';
import { hasErrors, type Diagnostic } from '../diagnostic';

/**
 * The text of a YAML file, if it can be composed: within the limits of policies for size, depth and number of aliases,
 * and without syntax that policies must not use.
 * @param hint where its form is described
 * @throws UsageError with every finding and its place; no value is repeated
 */
export async function readBoundedYaml(file: string, hint: string): Promise<string> {
  const source = await readTextFile(file);
  if ('rule' in source) throw new UsageError(source.message, hint);
  const { diagnostics } = parseYaml(source);
  if (hasErrors(diagnostics)) throw new UsageError(diagnostics.map(lineOf).join('\n'));
  return source.text;
}

function lineOf({ at, message }: Diagnostic): string {
  return `${at?.file}:${at?.line}:${at?.column}: ${message}`;
}
