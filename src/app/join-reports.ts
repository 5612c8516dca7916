import { mergeReports, type Report } from '../conformance';
import type { AppContext } from './context';
import { readReport } from './read-report';

/**
 * A part that was killed leaves a folder without a report. The others are merged anyway if they mention the missing
 * part, because someone reads the result in the morning.
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
