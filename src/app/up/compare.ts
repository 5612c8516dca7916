import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseReport, REPORT_FILES, type ConformanceReport } from '../../conformance';
import { compareReports, comparisonText } from '../../up';
import type { CommandContext } from '../../cli/command';

/**
 * After an upgrade: what was green before it and is red now. The report from before is kept until nothing is, so that
 * a run that was begun again compares, too.
 * @param reports directory of `before` and `after`
 * @returns false where the upgrade broke something
 */
export async function compareWithBefore({ terminal }: CommandContext, reports: string): Promise<boolean> {
  const [before, after] = await Promise.all(['before', 'after'].map((name) => readReport(join(reports, name))));
  if (!before || !after) return true;
  const comparison = compareReports(before, after);
  const versions = `${before.harbor.version ?? 'before'} -> ${after.harbor.version ?? 'now'}`;
  terminal.out(`${versions}\n${comparisonText(comparison)}\n`);
  if (comparison.broken.length > 0) return false;
  await forgetBefore(reports);
  return true;
}

/** What an earlier upgrade left says nothing about this one. */
export function forgetBefore(reports: string): Promise<void> {
  return rm(join(reports, 'before'), { recursive: true, force: true });
}

async function readReport(directory: string): Promise<ConformanceReport | undefined> {
  const text = await readFile(join(directory, REPORT_FILES.json), 'utf8').catch(() => undefined);
  const report = text === undefined ? undefined : parseReport(text);
  return report && !('instances' in report) ? report : undefined;
}
