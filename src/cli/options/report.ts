import { Option, type Command as CliCommand } from 'commander';
import { shownValue, toSummary, type Details, type ReportFormat } from '../../app/render/report';
import { reportText, writeReports } from '../../app/reports';
import type { Report } from '../../conformance';
import type { CommandContext, CommonOptions } from '../command';

/** How a report is shown, of `conform` and `report`. */
export interface ReportOptions extends CommonOptions {
  /** Directory for the report in every format. */
  readonly report?: string;
  /** `all`: also the requests of passed checks. */
  readonly details?: Details;
  /** In text: every project and every check. */
  readonly matrix?: boolean;
  /** One line instead of the report. */
  readonly summary?: boolean;
}

/** `--report` is not among them: the two commands explain it differently. */
export function addReportOptions(command: CliCommand): CliCommand {
  return command
    .addOption(
      new Option('--details <which>', 'requests of what failed (default), or of all').choices(['failed', 'all']),
    )
    .option('--matrix', 'with --format text: a table of every project and every check')
    .option('--summary', 'print one line instead of the report');
}

/** The report on stdout in one format, and in all of them in a directory. */
export async function showReport(
  { terminal, progress, secrets }: CommandContext,
  { report: directory, format, details = 'failed', matrix = false, summary = false }: ReportOptions,
  found: Report,
): Promise<void> {
  progress.end();
  const report = shownValue(found, secrets);
  const options = { details, matrix };
  terminal.out(summary ? toSummary(report) : await reportText(report, format as ReportFormat, directory, options));
  if (directory === undefined) return;
  const [html] = await writeReports(directory, report, { details });
  progress.line(`report: ${html}`);
}
