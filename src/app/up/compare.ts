import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseReport, REPORT_FILES, type ConformanceReport } from '../../conformance';
import { compareReports } from './steps';
import type { UpContext } from './context';

/**
 * After an upgrade: which checks passed before and fail now. The report from before is kept while there are any, so
 * that a repeated run compares, too.
 * @param reports directory of `before` and `after`
 * @returns false if the upgrade broke something
 */
export async function compareWithBefore({ emit }: UpContext, reports: string): Promise<boolean> {
  const [before, after] = await Promise.all(['before', 'after'].map((name) => readReport(join(reports, name))));
  if (!before || !after) return true;
  const comparison = compareReports(before, after);
  const versions = { before: before.harbor.version ?? 'before', after: after.harbor.version ?? 'now' };
  emit({ type: 'up-compared', ...versions, comparison });
  if (comparison.broken.length > 0) return false;
  await forgetBefore(reports);
  return true;
}

/** Reports of an earlier upgrade do not apply to this one. */
export function forgetBefore(reports: string): Promise<void> {
  return rm(join(reports, 'before'), { recursive: true, force: true });
}

async function readReport(directory: string): Promise<ConformanceReport | undefined> {
  const text = await readFile(join(directory, REPORT_FILES.json), 'utf8').catch(() => undefined);
  const report = text === undefined ? undefined : await parseReport(text).catch(() => undefined);
  return report && !('instances' in report) ? report : undefined;
}
