import { UsageError } from '../../errors';
import { parse } from 'yaml';
import { EXAMPLE_FINDINGS, type Findings, FindingsError, findingsFrom } from '../../scanner-adapter';
import { readBoundedYaml } from '../bounded-yaml';

/**
 * The CVEs that a YAML or JSON file declares; `true`, the option without a file, means two examples.
 * @throws UsageError
 */
export async function readFindings(file: string | true): Promise<Findings> {
  if (file === true) return EXAMPLE_FINDINGS;
  const text = await readBoundedYaml(file, 'see docs/guides/scanning.md');
  try {
    return findingsFrom(parse(text));
  } catch (error) {
    const problem = error instanceof FindingsError ? error.problems.join(`\n${file}: `) : String(error);
    throw new UsageError(`${file}: ${problem}`, 'see docs/guides/scanning.md');
  }
}
