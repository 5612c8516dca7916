import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { EXAMPLE_FINDINGS, type Findings, FindingsError, findingsFrom } from '../sandbox';
import { UsageError } from './usage-error';

const MAX_BYTES = 1 << 20;

/** The CVEs that a YAML or JSON file declares; `true`, the option without a file, stands for two examples. @throws UsageError */
export async function readFindings(file: string | true): Promise<Findings> {
  if (file === true) return EXAMPLE_FINDINGS;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read: ${String(cause)}`);
  });
  if (text.length > MAX_BYTES) throw new UsageError(`${file} is larger than ${MAX_BYTES} bytes`);
  try {
    return findingsFrom(parse(text));
  } catch (error) {
    const problem = error instanceof FindingsError ? error.problems.join(`\n${file}: `) : String(error);
    throw new UsageError(`${file}: ${problem}`, 'see docs/guides/scanning.md');
  }
}
