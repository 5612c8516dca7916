import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mergeReports, parseReport, REPORT_FILES, type Report } from '../conformance';
import { UsageError } from '../errors';
import type { AppContext } from './context';

/**
 * A part that was killed leaves a folder without a report. What is left is joined anyway where it tells of the
 * missing part by itself: somebody wants to know of the others in the morning.
 * @throws UsageError, MergeError
 */
export async function joinReports({ emit }: AppContext, paths: readonly string[]): Promise<Report> {
  const read = await Promise.allSettled(paths.map(readReport));
  const reports = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const [unreadable, ...more] = read.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
  if (!unreadable) return mergeReports(reports);
  if (reports.length === 0) throw unreadable;
  const report = mergeReports(reports);
  if (report.complete) throw unreadable;
  for (const { message } of [unreadable, ...more]) emit({ type: 'notice', message });
  return report;
}

/** @throws UsageError */
async function readReport(path: string): Promise<Report> {
  const file = await fileOf(path);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new UsageError(`${file} cannot be read`, 'it is written by breakwater conform --report');
  const report = parseReport(text);
  if (report) return report;
  throw new UsageError(`${file} is not a conformance report of schemaVersion 1`);
}

async function fileOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? join(path, REPORT_FILES.json) : path;
}
