import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseReport, REPORT_FILES, type Report } from '../conformance';
import { UsageError } from '../errors';

/**
 * A saved report.
 * @param path of `report.json` or of its directory.
 * @throws UsageError
 */
export async function readReport(path: string): Promise<Report> {
  const found = await stat(path).catch(() => undefined);
  const file = found?.isDirectory() ? join(path, REPORT_FILES.json) : path;
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new UsageError(`${file} cannot be read`, 'it is written by breakwater conform --report');
  return parseReport(text, file);
}
