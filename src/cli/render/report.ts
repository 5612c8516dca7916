import { shownValue, type ReportFormat } from '../../app/render/report';
import { reportText, writeReports } from '../../app/reports';
import type { Report } from '../../conformance';
import type { CommandContext, CommonOptions } from '../command';

export interface ReportOptions extends CommonOptions {
  /** Directory for the report in every format. */
  readonly report?: string;
}

/** The report on stdout in one format, and in all of them in a directory. */
export async function showReport(
  { terminal, progress, secrets }: CommandContext,
  { report: directory, format }: ReportOptions,
  found: Report,
): Promise<void> {
  progress.end();
  const report = shownValue(found, secrets);
  terminal.out(await reportText(report, format as ReportFormat, directory));
  if (directory === undefined) return;
  const [html] = await writeReports(directory, report);
  progress.line(`report: ${html}`);
}
