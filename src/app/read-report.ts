import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseReport, REPORT_FILES, type Report } from '../conformance';
import { readText } from './text-file';

/**
 * A saved report.
 * @param path of `report.json` or of its directory.
 * @throws UsageError
 */
export async function readReport(path: string): Promise<Report> {
  const found = await stat(path).catch(() => undefined);
  const file = found?.isDirectory() ? join(path, REPORT_FILES.json) : path;
  return parseReport(await readText(file, 'it is written by breakwater conform --report'), file);
}
