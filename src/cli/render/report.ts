import { renderReport, shownValue, withRun, type Report, type ReportFormat } from '../../conformance';
import type { CommandContext, CommonOptions } from '../command';
import { readHistory, writeReports } from '../../app/reports';

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
  const history = withRun(directory === undefined ? [] : await readHistory(directory), report);
  terminal.out(renderReport(format as ReportFormat, report, history));
  if (directory === undefined) return;
  const [html] = await writeReports(directory, report);
  progress.line(`report: ${html}`);
}
